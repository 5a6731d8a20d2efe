// What the page says, in English and Russian: one line a phrase. Forms for numbers are parted by "|", as the language has them.

const WORDS = {
  ask: ["Ask", "Спросить"],
  askThese: ["Ask these documents", "Спросите эти документы"],
  skip: ["Skip to the content", "Перейти к содержанию"],
  startPage: ["Pincite, start page", "Pincite, начальная страница"],
  documents: ["Documents", "Документы"],
  tray: ["Tray", "Подборка"],
  trayHas: ["Tray, {n} passage|Tray, {n} passages", "Подборка, {n} отрывок|Подборка, {n} отрывка|Подборка, {n} отрывков"],
  local: ["Nothing leaves this machine.", "Ничто не покидает этот компьютер."],
  remote: [
    "Your questions and these documents travel between this browser and {host}, and nowhere else.",
    "Ваши вопросы и эти документы передаются между этим браузером и {host} и больше никуда.",
  ],
  between: ["Your questions and these documents travel between this browser and {host}.", "Ваши вопросы и эти документы передаются между этим браузером и {host}."],
  writer: [
    "A writer is on: each question you ask, and up to 8 passages found for it, are sent to {model} at {host}, {where}.",
    "Включён составитель: каждый заданный вопрос и до 8 найденных отрывков отправляются модели {model} на {host} – {where}.",
  ],
  writer_local: ["a program on the machine that serves this page", "это программа на компьютере, который даёт эту страницу"],
  writer_encrypted: ["another machine", "это другой компьютер"],
  writer_open: ["another machine, unencrypted", "это другой компьютер, без шифрования"],
  writtenBy: ["Written by {writer}. Each sentence was checked against the quotes below.", "Составила модель {writer}. Каждое предложение сверено с цитатами ниже."],
  unwritten: ["{why} These are the words of the sources.", "{why} Ниже – слова источников."],
  droppedN: ["{n} sentence dropped: the passages do not support it|{n} sentences dropped: the passages do not support them", "{n} предложение отброшено: отрывки его не подтверждают|{n} предложения отброшены: отрывки их не подтверждают|{n} предложений отброшено: отрывки их не подтверждают"],
  programs: ["Interface for programs", "Интерфейс для программ"],
  keyboard: ["Keyboard", "Клавиши"],
  otherLanguage: ["Русский", "English"],
  size: ["{documents}, {paragraphs}", "{documents}, {paragraphs}"],
  nDocuments: ["{n} document|{n} documents", "{n} документ|{n} документа|{n} документов"],
  nParagraphs: ["{n} paragraph|{n} paragraphs", "{n} абзац|{n} абзаца|{n} абзацев"],
  nPassages: ["{n} passage|{n} passages", "{n} отрывок|{n} отрывка|{n} отрывков"],
  nFiles: ["{n} file|{n} files", "{n} файл|{n} файла|{n} файлов"],
  more: ["{n} more", "ещё {n}"],
  close: ["Close", "Закрыть"],
  cancel: ["Cancel", "Отмена"],
  again: ["Try again", "Повторить"],

  // results
  answer: ["Answer", "Ответ"],
  answering: ["Reading the passages …", "Читаю отрывки …"],
  nothing: ["Nothing in these documents answers this", "В этих документах нет ответа"],
  nearest: ["The nearest passages are below.", "Ниже – ближайшие отрывки."],
  noAnswer: ["No answer", "Нет ответа"],
  disagree: ["Sources disagree: {about}", "Источники расходятся: {about}"],
  later: ["Later development: {about}", "Что было потом: {about}"],
  scope: ["Told in another scope: {about}", "Сказано в ином объёме: {about}"],
  aspect_date: ["when", "когда"],
  aspect_number: ["how many", "сколько"],
  aspect_duration: ["how long", "как долго"],
  aspect_amount: ["how much", "какая сумма"],
  aspect_place: ["where", "где"],
  aspect_outcome: ["how it ended", "чем кончилось"],
  canBe: ["(by its document of {years})", "(судя по документу, {years})"],
  members: ["Named in the sources", "Названы в источниках"],
  lookedAt: ["Looked for in {passages} of {documents}.", "Просмотрено: {passages}, {documents}."],
  quotedSpeech: ["quoted speech", "прямая речь"],
  standing_recital: ["recital", "преамбула"],
  standing_citation: ["citation in the preamble", "ссылка в преамбуле"],
  standing_operative: ["operative paragraph", "постановляющий пункт"],
  repeats: ["repeats [{n}]", "повторяет [{n}]"],
  citedQuotes: ["{n} quote, word for word as in the source|{n} quotes, word for word as in the source", "{n} цитата, слово в слово как в источнике|{n} цитаты, слово в слово как в источнике|{n} цитат, слово в слово как в источнике"],
  answeredWith: ["Answer with {n} citation.|Answer with {n} citations.", "Ответ, {n} ссылка.|Ответ, {n} ссылки.|Ответ, {n} ссылок."],
  source: ["Source {n}: {name}", "Источник {n}: {name}"],
  sources: ["Sources", "Источники"],
  passages: ["Passages", "Отрывки"],
  ofBest: ["the {n} best passages", "{n} лучших отрывков"],
  sort: ["Sort", "Порядок"],
  relevance: ["Best first", "Сначала лучшие"],
  newest: ["Newest first", "Сначала новые"],
  oldest: ["Oldest first", "Сначала старые"],
  morePassages: ["More passages", "Ещё отрывки"],
  noPassage: ["No passage fits.", "Подходящих отрывков нет."],
  takeOff: ["Take a filter off, or use other words.", "Снимите фильтр или возьмите другие слова."],
  otherWords: ["Use other words, or ask in another way.", "Возьмите другие слова или спросите иначе."],
  nearlySame: ["{n} passage says nearly the same|{n} passages say nearly the same", "{n} отрывок говорит почти то же|{n} отрывка говорят почти то же|{n} отрывков говорят почти то же"],
  why: ["Why this rank", "Почему это место"],
  fused: ["Score", "Оценка"],
  dense: ["Closeness of meaning", "Близость по смыслу"],
  lexical: ["Words in common", "Общие слова"],
  late: ["Closeness, word by word", "Близость, слово за словом"],
  place: ["place {n}", "место {n}"],
  enter: ["Press Enter for an answer.", "Нажмите Enter, чтобы получить ответ."],

  // filters
  filters: ["Filters", "Фильтры"],
  fSource: ["Document", "Документ"],
  fPublisher: ["Publisher", "Издатель"],
  fLanguage: ["Language", "Язык"],
  fMedia: ["Kind", "Вид"],
  fDate: ["Date", "Дата"],
  from: ["From", "С"],
  to: ["To", "По"],
  apply: ["Apply", "Применить"],
  dateHow: ["2021, 2021-02 or 2021-02-11", "2021, 2021-02 или 2021-02-11"],
  removeFilter: ["Remove filter {name}", "Снять фильтр {name}"],
  range: ["{from} to {to}", "с {from} по {to}"],
  since: ["since {from}", "с {from}"],
  until: ["until {to}", "по {to}"],
  text: ["Text", "Текст"],
  web: ["Web page", "Веб-страница"],
  mail: ["E-mail", "Письмо"],
  word: ["Word", "Word"],

  // places and citations
  paragraph: ["paragraph {n}", "абзац {n}"],
  paragraphs: ["paragraphs {n}", "абзацы {n}"],
  paragraphHead: ["Paragraph {n}", "Абзац {n}"],
  page: ["page {n}", "с. {n}"],
  pageHead: ["Page {n}", "Страница {n}"],
  linkTo: ["Link to paragraph {n}", "Ссылка на абзац {n}"],
  copy: ["Copy", "Копировать"],
  copyCitation: ["Copy citation: {name}", "Копировать ссылку: {name}"],
  copyAs: ["Copy as …", "Копировать как …"],
  copied: ["Copied: {name}", "Скопировано: {name}"],
  copyByHand: ["The browser does not let this page copy. Copy it from here:", "Браузер не разрешает копирование. Скопируйте отсюда:"],
  fText: ["Plain text", "Простой текст"],
  permalink: ["Link to the paragraph", "Ссылка на абзац"],
  keep: ["Keep", "Отложить"],
  kept: ["Kept", "Отложено"],
  keepLong: ["Keep in the tray: {name}", "Отложить в подборку: {name}"],
  keptLong: ["Take out of the tray: {name}", "Убрать из подборки: {name}"],
  added: ["Kept in the tray", "Отложено в подборку"],
  removed: ["Taken out of the tray", "Убрано из подборки"],

  // dates and the timeline
  timeline: ["Timeline", "Хронология"],
  timelineOf: ["Timeline: {name}", "Хронология: {name}"],
  timelineWords: ["Question or words; nothing for all documents", "Вопрос или слова; пусто – все документы"],
  dateRead: ["“{text}” was read as {what}.", "«{text}» прочитано как {what}."],
  anyYear: ["that date in any year", "эта дата в любом году"],
  fromToday: ["{what}, counted from today ({date})", "{what}, считая от сегодняшнего дня ({date})"],
  mentionedIn: ["Passages mention", "В отрывках упоминается"],
  onlyThese: ["Only such dates are told.", "Показаны только такие даты."],
  allDates: ["Tell all dates", "Показать все даты"],
  nRows: ["{n} dated statement|{n} dated statements", "{n} датированное сообщение|{n} датированных сообщения|{n} датированных сообщений"],
  readSoFar: ["{read} of {all} documents are read; more is coming.", "Прочитано документов: {read} из {all}; будет больше."],
  noRows: ["Nothing is dated so.", "Таких дат нет."],
  moreRows: ["More", "Ещё"],
  alsoMentioned: ["Dates that are only mentioned, too", "И даты, которые лишь упомянуты"],
  kind_document: ["date of the document", "дата документа"],
  kind_event: ["event", "событие"],
  kind_mentioned: ["mentioned", "упомянуто"],
  yearUnknown: ["Year not said", "Год не назван"],

  // a document
  results: ["Results", "Результаты"],
  allDocuments: ["All documents", "Все документы"],
  original: ["Original file", "Исходный файл"],
  published: ["Where it was published", "Где опубликовано"],
  outline: ["Contents", "Содержание"],
  findHere: ["Find in this document", "Найти в документе"],
  next: ["Next", "Далее"],
  previous: ["Previous", "Назад"],
  matchOf: ["{at} of {n}", "{at} из {n}"],
  noMatch: ["not found", "не найдено"],
  pdfPages: ["Pages", "Страницы"],
  pdfText: ["Text", "Текст"],
  pdfBeside: ["The pages of the file", "Страницы файла"],
  pdfFails: ["The pages cannot be shown: {why}", "Страницы не показать: {why}"],
  pdfNoMark: ["These words were not found on the page as it is drawn.", "На изображении страницы эти слова не найдены."],
  document: ["Document", "Документ"],

  // documents
  findDocument: ["Find by title or file name", "Найти по названию или имени файла"],
  noDocument: ["No document fits.", "Подходящих документов нет."],
  addFiles: ["Add files", "Добавить файлы"],
  addFolder: ["Add a folder", "Добавить папку"],
  dropHere: ["or drop them here", "или перетащите сюда"],
  remove: ["Remove", "Удалить"],
  removeLong: ["Remove {name}", "Удалить {name}"],
  removeAsk: ["Remove this document?", "Удалить этот документ?"],
  removeSays: [
    "“{name}” will no longer be found. A file that was added through this page is deleted; any other stays where it is.",
    "«{name}» больше не будет находиться. Файл, добавленный через эту страницу, удаляется; любой другой остаётся на месте.",
  ],
  removedDocument: ["Removed: {name}", "Удалено: {name}"],
  unread: ["{n} file could not be read|{n} files could not be read", "Не удалось прочитать {n} файл|Не удалось прочитать {n} файла|Не удалось прочитать {n} файлов"],
  sinceLast: ["Since {date}: {what}", "С {date}: {what}"],
  nNew: ["{n} new|{n} new", "{n} новый|{n} новых|{n} новых"],
  nChanged: ["{n} changed|{n} changed", "{n} изменён|{n} изменено|{n} изменено"],
  nGone: ["{n} removed|{n} removed", "{n} удалён|{n} удалено|{n} удалено"],
  isNew: ["new", "новый"],
  isChanged: ["changed", "изменён"],
  moreDocuments: ["More documents", "Ещё документы"],

  // uploads
  waiting: ["waiting", "ждёт"],
  sending: ["sending, {n} %", "отправка, {n} %"],
  queued: ["waiting to be read", "ждёт чтения"],
  reading: ["reading", "читается"],
  embedding: ["reading, {n} %", "читается, {n} %"],
  indexed: ["added", "добавлен"],
  unchanged: ["already there", "уже есть"],
  refused: ["refused: {why}", "отклонён: {why}"],
  failed: ["not sent: {why}", "не отправлен: {why}"],
  retry: ["Retry", "Повторить"],
  retryLong: ["Retry {name}", "Повторить {name}"],
  progress: ["{done} of {n} files done", "готово файлов: {done} из {n}"],
  uploadDone: ["{added} added, {failed} failed.", "Добавлено: {added}, не вышло: {failed}."],

  // first run
  firstHead: ["No documents yet", "Документов пока нет"],
  firstFolder: ["Index a folder where this server runs; its files stay where they are:", "Проиндексируйте папку там, где работает сервер; файлы останутся на месте:"],
  firstFiles: ["Or add some files here:", "Или добавьте файлы здесь:"],
  firstSample: ["Or look around first, with five public statements and resolutions on Kazakhstan:", "Или сначала осмотритесь: пять открытых заявлений и резолюций о Казахстане:"],
  sample: ["Add the sample documents", "Добавить документы-образцы"],
  sampleDoing: ["Adding the sample documents …", "Добавляю документы-образцы …"],

  // tray
  trayEmpty: ["Nothing is kept yet. “Keep” beside a passage puts it here.", "Пока ничего не отложено. «Отложить» возле отрывка помещает его сюда."],
  trayTitle: ["Title", "Заголовок"],
  passagesTitle: ["Passages", "Отрывки"],
  exportAs: ["Export", "Выгрузить"],
  clear: ["Empty the tray", "Очистить подборку"],
  clearAsk: ["Empty the tray?", "Очистить подборку?"],
  clearSays: ["{n} passage will be taken out.|{n} passages will be taken out.", "Будет убран {n} отрывок.|Будет убрано {n} отрывка.|Будет убрано {n} отрывков."],
  up: ["Move up", "Выше"],
  down: ["Move down", "Ниже"],
  movedTo: ["Now number {n}", "Теперь номер {n}"],
  trayWhere: ["The tray is kept in this browser only.", "Подборка хранится только в этом браузере."],
  exported: ["Exported: {name}", "Выгружено: {name}"],

  // trouble
  gone: ["The server does not answer.", "Сервер не отвечает."],
  goneHint: ["Start it again with pincite serve, then retry.", "Запустите его снова: pincite serve – и повторите."],
  broke: ["The answer broke off.", "Ответ оборвался."],
  "t:loading": ["The index is being loaded.", "Индекс загружается."],
  "t:loading:hint": ["It opens by itself in a moment.", "Он откроется сам через мгновение."],
  "t:not-found": ["There is no such document, or it was removed.", "Такого документа нет, или он удалён."],
  "t:not-found:hint": ["Go back, or look through all documents.", "Вернитесь или посмотрите все документы."],
  "t:file-gone": ["The file is no longer where it was.", "Файла больше нет на прежнем месте."],
  "t:file-changed": ["The file has changed since it was indexed.", "Файл изменился после индексации."],
  "t:too-large": ["That is too much to send at once.", "Слишком много для одной отправки."],
  "t:index-damaged": ["The index is damaged: bytes of it were changed.", "Индекс повреждён: его байты изменились."],
  "t:index-damaged:hint": ["Stop the server and run: pincite doctor --repair", "Остановите сервер и выполните: pincite doctor --repair"],
  "t:no-space": ["The disk is full.", "Диск переполнен."],
  "t:no-space:hint": ["Free some space. Searching goes on meanwhile.", "Освободите место. Поиск тем временем работает."],
  "t:read-only": ["The index may not be written.", "Запись в индекс запрещена."],
  "t:read-only:hint": ["Searching goes on; only adding and removing do not.", "Поиск работает; добавлять и удалять нельзя."],
  "t:overloaded": ["Too much is being asked at this moment.", "Сейчас слишком много запросов."],
  "t:overloaded:hint": ["Ask again in a second.", "Повторите через секунду."],
  "t:too-often": ["Too many requests with this token.", "Слишком много запросов с этим токеном."],
  "t:too-little": ["This token does not allow that.", "Этот токен не даёт такого права."],
  "t:too-little:hint": ["Ask who runs the server for another token.", "Попросите другой токен у того, кто запустил сервер."],
  "t:index-busy": ["The index is being written by another process.", "Индекс занят другим процессом."],

  // keyboard help
  helpHead: ["Keyboard", "Клавиши"],
  kBox: ["Go to the box", "Перейти к строке вопроса"],
  kSteps: ["Next, previous passage", "Следующий, предыдущий отрывок"],
  kOpen: ["Open it; in the box: ask", "Открыть; в строке вопроса – спросить"],
  kCopy: ["Copy the citation", "Копировать ссылку"],
  kKeep: ["Keep in the tray", "Отложить в подборку"],
  kFind: ["Find in the document; Enter, Shift+Enter: next, previous", "Найти в документе; Enter, Shift+Enter – далее, назад"],
  kLeave: ["Leave the box, close what is open", "Выйти из строки, закрыть открытое"],
  kHelp: ["This list", "Этот список"],
};

const TAGS = ["en", "ru"];

function chosen() {
  const kept = remembered("language");
  if (TAGS.includes(kept)) return kept;
  return (navigator.languages || [navigator.language]).map((tag) => tag.slice(0, 2)).find((tag) => TAGS.includes(tag)) || "en";
}

/** What the browser remembers under a name; null where it does not let the page remember anything. */
export function remembered(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

export function remember(name, value) {
  try {
    localStorage.setItem(name, value);
  } catch {
    // a browser that keeps nothing still shows everything
  }
}

export const language = chosen();
const column = TAGS.indexOf(language);
const locale = language === "en" ? "en-GB" : language;
const rules = new Intl.PluralRules(locale);
const FORMS = { en: ["one", "other"], ru: ["one", "few", "many"] }[language];
const names = new Intl.DisplayNames(locale, { type: "language", fallback: "code" });

/** Say a phrase; `{name}` in it stands for a value, and `n` chooses the form. */
export function t(key, values = {}) {
  const forms = WORDS[key][column].split("|");
  const form = forms.length > 1 ? forms[Math.max(0, FORMS.indexOf(rules.select(values.n)))] : forms[0];
  return form.replace(/\{(\w+)\}/g, (_, name) => (typeof values[name] === "number" ? values[name].toLocaleString(locale) : values[name] ?? ""));
}

/** What a problem of the server is called here, or what the server itself says of it. */
export const troubleText = (kind, part, said) => (WORDS[`t:${kind}${part}`] ? t(`t:${kind}${part}`) : said);

export function languageName(tag) {
  try {
    const name = names.of(tag);
    return name.charAt(0).toLocaleUpperCase(locale) + name.slice(1);
  } catch {
    return tag;
  }
}

/** Write an ISO date, as precise as it is, the way people do. */
export function dateName(date) {
  if (!date) return "";
  const options = { year: "numeric", month: "long", day: "numeric", timeZone: "UTC" };
  if (date.length < 10) delete options.day;
  if (date.length < 7) return date;
  const time = new Date(date);
  return Number.isNaN(time.getTime()) ? date : time.toLocaleDateString(locale, options);
}

export function switchLanguage() {
  remember("language", TAGS[1 - column]);
  location.reload();
}
