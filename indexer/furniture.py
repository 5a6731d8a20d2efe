"""The words of page furniture in six languages: what stands on a page for the site's sake, not the document's.

Every entry is a whole line, in lower case, without a closing colon. Words that are also ordinary headings of documents
("Comments", "News", "Search") are furniture only beside other furniture.
"""

from __future__ import annotations

import re
from typing import Final

OPENS_TEASERS: Final = frozenset(
    line.strip()
    for line in """
    related articles|related posts|related content|related news|related stories|related topics|related links
    related reading|related documents|more stories|more news|more articles|more from this author|more on this topic
    more on this story|you may also like|you might also like|you may also be interested in|read also|also read
    read more news|recommended for you|recommended reading|recommended articles|latest news|latest articles
    latest posts|latest stories|recent posts|recent articles|recent news|most read|most popular|most viewed
    popular posts|popular articles|trending now|other news|other articles|editor's choice|editors' choice
    editor's picks|editors' picks|similar articles|similar posts|don't miss|what to read next|further news
    похожие материалы|похожие статьи|похожие новости|похожие записи|читайте также|читайте еще|читайте ещё
    смотрите также|материалы по теме|статьи по теме|новости по теме|по теме|популярное|популярные статьи
    популярные новости|самое читаемое|самое популярное|другие новости|другие материалы|другие статьи
    последние новости|свежие записи|рекомендуем|рекомендуем прочитать|вам может быть интересно|еще по теме
    ещё по теме|главные новости|лента новостей|выбор редакции|также по теме
    ұқсас жаңалықтар|ұқсас мақалалар|тағы оқыңыз|тағы оқыңыздар|соңғы жаңалықтар|көп оқылған|ең көп оқылған
    танымал жаңалықтар|басқа жаңалықтар|осы тақырыпта|тақырып бойынша|редакция таңдауы
    articles similaires|articles liés|articles connexes|à lire aussi|lire aussi|a lire aussi|sur le même sujet
    sur le même thème|les plus lus|les plus populaires|derniers articles|dernières actualités|dernières nouvelles
    autres articles|vous aimerez aussi|cela pourrait vous intéresser|à lire également|lire également
    artículos relacionados|noticias relacionadas|entradas relacionadas|contenido relacionado|te puede interesar
    le puede interesar|también te puede interesar|lea también|lee también|leer también|lo más leído|más leídas
    últimas noticias|más noticias|otras noticias|entradas recientes|te recomendamos
    ähnliche artikel|ähnliche beiträge|verwandte artikel|verwandte beiträge|lesen sie auch|auch interessant
    das könnte sie auch interessieren|mehr zum thema|meistgelesen|am häufigsten gelesen|neueste beiträge
    neueste artikel|weitere artikel|weitere nachrichten|aktuelle nachrichten|weitere beiträge
    """.replace("\n", "|").split("|")
    if line.strip()
)
"""Headings after which teasers of other documents follow."""

ALONE: Final = frozenset(
    line.strip()
    for line in """
    sign up now|subscribe now|sign up for our newsletter|subscribe to our newsletter|follow us|follow us on|share this
    share this article|share this post|share this page|share on facebook|share on twitter|share on x|share on linkedin
    share on whatsapp|tweet this|email this|print this page|print this article|print friendly|printer-friendly version
    hot topics|trending topics|read more|read more...|read more…|continue reading|learn more|back to top|back to home
    skip to content|skip to main content|skip to navigation|main menu|toggle navigation|log in|sign in|leave a comment
    leave a reply|post a comment|add a comment|previous article|next article|previous post|next post|load more
    show more|view all|see all|all rights reserved|privacy policy|terms of use|terms of service|cookie policy
    accept all cookies|accept cookies|reject all|cookie settings|advertisement|sponsored content|donate now
    you are here|site map|sitemap|loading...|loading…|close menu|open menu
    подписаться|подпишитесь|подпишитесь на рассылку|подпишитесь на нашу рассылку|подписаться на рассылку
    подпишитесь на наш телеграм-канал|поделиться|поделиться ссылкой|поделиться в facebook|читать далее|читать дальше
    читать полностью|подробнее|наверх|вернуться наверх|оставить комментарий|добавить комментарий|на главную
    версия для печати|распечатать|войти|политика конфиденциальности|все права защищены|показать еще|показать ещё
    загрузить еще|загрузить ещё|следите за нами|мы в соцсетях|предыдущая статья|следующая статья|реклама
    перейти к содержимому|горячие темы|главное меню
    жазылу|бөлісу|толығырақ|толық оқу|пікір қалдыру|басты бет|жоғары қарай|барлық құқықтар қорғалған|жарнама
    partager|partager cet article|partager sur facebook|s'abonner|abonnez-vous|inscrivez-vous à notre newsletter
    abonnez-vous à notre newsletter|lire la suite|en savoir plus|retour en haut|haut de page|laisser un commentaire
    aller au contenu|aller au contenu principal|suivez-nous|mentions légales|tous droits réservés|article précédent
    article suivant|imprimer|se connecter|accepter tous les cookies|politique de confidentialité|publicité
    compartir|compartir en facebook|suscríbete|suscríbase|suscríbete a nuestro boletín|leer más|seguir leyendo
    volver arriba|ir al contenido|saltar al contenido|deja un comentario|deja una respuesta|síguenos
    aviso legal|todos los derechos reservados|política de privacidad|política de cookies|aceptar cookies|imprimir
    iniciar sesión|artículo anterior|artículo siguiente|publicidad|ver más
    teilen|artikel teilen|newsletter abonnieren|jetzt abonnieren|jetzt anmelden|weiterlesen|mehr lesen
    mehr erfahren|nach oben|zum inhalt springen|zum inhalt|kommentar schreiben|schreibe einen kommentar
    folgen sie uns|folge uns|impressum|datenschutzerklärung|alle rechte vorbehalten|drucken|anmelden
    vorheriger artikel|nächster artikel|alle cookies akzeptieren|anzeige
    """.replace("\n", "|").split("|")
    if line.strip()
)
"""Lines that are furniture by themselves."""

BESIDE: Final = frozenset(
    line.strip()
    for line in """
    news|popular|comments|tags|share|search|menu|home|categories|archives|archive|about us|contact|contact us|topics
    newsletter|opinion|events|publications|facebook|twitter|x|linkedin|instagram|youtube|telegram|whatsapp|email|print
    tweet|login|register|subscribe|donate|en|ru|fr|es|de|kz|english|русский|français|español|deutsch|қазақша
    новости|комментарии|теги|метки|поиск|меню|главная|рубрики|архив|архивы|о нас|контакты|мнения|события|рассылка
    жаңалықтар|пікірлер|іздеу|мәзір|біз туралы|байланыс
    actualités|commentaires|étiquettes|recherche|accueil|catégories|à propos|opinions
    noticias|comentarios|etiquetas|buscar|inicio|categorías|sobre nosotros|contacto|opinión
    nachrichten|kommentare|schlagwörter|suche|startseite|kategorien|archiv|über uns|kontakt|meinung
    """.replace("\n", "|").split("|")
    if line.strip()
)
"""Lines that are furniture only where a neighbour is."""

NOTICE: Final = re.compile(
    r"\b(?:this (?:web)?site|we|our (?:web)?site|our partners) uses? (?:\w+ ){0,2}cookies\b"
    r"|\bby (?:continuing|using) (?:to (?:browse|use)|this|our) .{0,40}\bcookies\b"
    r"|(?:subscribe|sign up) (?:to|for) (?:our|the) (?:\w+ ){0,3}(?:news|newsletter|alerts|updates|mailing list)\b"
    r"|\bfollow us on (?:facebook|twitter|x|instagram|telegram|linkedin|youtube)\b"
    r"|\bplease enable javascript\b|\bjavascript (?:is disabled|must be enabled)\b"
    r"|(?:сайт|мы) использу\w+ (?:файлы )?(?:cookies?|куки)"
    r"|подпи(?:шитесь|сывайтесь) на (?:наш\w* |нас )"
    r"|\b(?:ce site|nous) utilis\w+ (?:des )?cookies\b|abonnez-vous à (?:notre|la) (?:newsletter|lettre)"
    r"|\b(?:este sitio(?: web)?|esta web) (?:utiliza|usa) cookies\b|\butilizamos cookies\b"
    r"|suscríb\w+ a (?:nuestr\w|la) (?:boletín|newsletter|lista)"
    r"|\b(?:diese (?:web)?seite|diese website|wir) (?:verwende[nt]|nutz\w+|benutz\w+) cookies\b"
    r"|\b(?:abonnieren sie|melden sie sich für) (?:unseren|den) newsletter\b"
    r"|^(?:copyright\s*)?©\s*\w.{0,80}$"
    # Without the sign it takes a year to tell a notice from item (c) of a list, and none goes on after a semicolon.
    r"|^(?:copyright\s*)?(?:\(c\)|copyright)\s*(?:19|20)\d\d\b.{0,80}(?<!;)$"
    r"|^(?:\(c\)|copyright)\s*(?-i:[A-ZА-ЯЁ][\w.&'’-]*,?\s+){2,6}(?:19|20)\d\d\.?$"
    r"|^(?:\(c\)|copyright)\s.{0,60}\b(?:all rights reserved|все права защищены|барлық құқықтар қорғалған"
    r"|tous droits réservés|todos los derechos reservados|alle rechte vorbehalten)\.?$",
    re.IGNORECASE,
)
"""A short paragraph with one of these is a notice of the site."""

OPENS_LINKS: Final = frozenset(
    line.strip()
    for line in """
    see also|more|filed under|posted in|tagged|tagged with|in this section|in this article|on this page|contents
    table of contents|quick links|useful links|links|languages|language|other languages|available in|also available in
    read this in|keywords|issues|share on|share via|share this on|follow us at
    pages|sections|browse|go to|jump to|navigation|follow|find us on|connect with us|downloads|latest
    см. также|смотрите также|ещё|еще|содержание|оглавление|ссылки|полезные ссылки|разделы|страницы|язык|языки
    на других языках|метки|ключевые слова|темы|навигация|перейти к|скачать|тағы|мазмұны|сілтемелер|бөлімдер|тіл|тілдер
    voir aussi|plus|sommaire|table des matières|liens|liens utiles|rubriques|pages|langue|langues|mots-clés|aller à
    véase también|ver también|más|contenido|índice|enlaces|enlaces de interés|secciones|páginas|idioma|idiomas|ir a
    siehe auch|mehr|inhalt|inhaltsverzeichnis|links|nützliche links|rubriken|seiten|sprache|sprachen|gehe zu
    """.replace("\n", "|").split("|")
    if line.strip()
)
"""Lines that lead in the links of a site, where another line with a colon leads in a list of the document's."""
