// The table of keys. Add a key here, then read it where its section is parsed.

extension SchemaKey {
  /// Every key of a schema file.
  public static let all: [SchemaKey] =
    schema + files + format(.schema, usual: formatDefaults) + columns + textColumn + join
    + format(.join, usual: formatDefaults.merging(asTheLog) { $1 })
    + task + sampled + space + split + splitByUser + interactions + texts

  private static let schema: [SchemaKey] = [
    SchemaKey(.schema, "name", "required", "what the data are called"),
    SchemaKey(.schema, "files", "required", "which files hold which rows; see `files.…`"),
    SchemaKey(
      .schema, "columns", "required",
      "the columns that are inputs, by name, in their order; a column that is not named is none. "
        + "A name with `*`, as in `\"f*\": {type: numeric}`, stands for all columns that match it and are "
        + "neither named here nor what a label, a sample space or the split is made from"),
    SchemaKey(
      .schema, "join", "none", "a list of tables whose rows are looked up by key; see `join[].…`"),
    SchemaKey(.schema, "tasks", "required", "the tasks by name; see `tasks.NAME.…`"),
    SchemaKey(
      .schema, "split", "by the files",
      "how rows become training, validation and test rows. Without it one file is split by a hash, "
        + "`{ratio: {validation: 0.1, test: 0.1, seed: 1}}`; with a training and a test file, even "
        + "rows of the test file validate and odd ones test; with three files the files are the split"
    ),
    SchemaKey(
      .schema, "weight", "none",
      "the column of how much each row counts in training: numbers from 0 on, divided by their mean "
        + "over the training rows that have more than 0. The loss is Σ w ℓ / rows; a row of weight 0 "
        + "is left out. Scores are not weighted"),
    SchemaKey(
      .schema, "interactions", "none",
      "which inputs are user and item, where each row is a user that met an item; see "
        + "`interactions.…`"),
  ]

  private static let files: [SchemaKey] = [
    SchemaKey(
      .files, "all", "none",
      "the file whose rows are split, plain or gzip; a pattern such as `part-*.csv`, whose files are "
        + "read in the order of their names byte by byte; a list of files and patterns; or `\"-\"`, "
        + "standard input. Files of a list have the same column names"),
    SchemaKey(
      .files, "training", "none", "the file to train on, in place of `all`, or a list as there"),
    SchemaKey(.files, "validation", "none", "the file to choose the best step on, or a list"),
    SchemaKey(
      .files, "test", "none", "the file to report on, or a list; must be there where `training` is"),
  ]

  private static let formatMeanings = [
    (
      "lines",
      "what a line is: `fields`, or `json` for an object whose keys are the columns' names"
    ),
    ("delimiter", #"what stands between fields: `";"`, `"::"`, `"\t"` for a tab"#),
    ("quoted", #"whether fields may be quoted as RFC 4180 says: `"a, ""b"""`"#),
    ("trim", "whether blanks around a field are dropped"),
    ("header", "whether the first row names the columns"),
    ("columnNames", "the names of all columns in their order, where there is no header"),
    (
      "missing",
      "the text of a missing value, or a list of them; a missing number is the mean, and a missing "
        + "category one of its own"
    ),
  ]

  private static let formatDefaults = [
    "lines": "`json` for `.jsonl`, `.ndjson`, `.json`, else `fields`",
    "delimiter": "a tab for `.tsv`, else `,`", "quoted": "`true`", "trim": "`false`",
    "header": "`true` without `columnNames`", "columnNames": "the header", "missing": #"`""`"#,
  ]

  private static let asTheLog = Dictionary(
    uniqueKeysWithValues: ["delimiter", "quoted", "trim", "missing"].map { ($0, "as the log") })

  private static func format(_ section: Section, usual: [String: String]) -> [SchemaKey] {
    formatMeanings.map { name, meaning in
      SchemaKey(section, name, usual[name] ?? "", meaning)
    }
  }

  private static let columns: [SchemaKey] = [
    SchemaKey(
      .column, "type", "required",
      "`categorical` (an id), `numeric` (a number), `text` (words, of one column) or `ignore`"),
    SchemaKey(
      .column, "from", "the input's name", "the column's name in the file",
      for: [.categorical, .numeric, .text, .ignore]),
    SchemaKey(.column, "missing", "as the file's", "`missing` of this column alone"),
    SchemaKey(
      .column, "minimumCount", "`2`",
      "categories of fewer training rows than this share one id, with those that training rows do "
        + "not have; so do words that training texts have less often",
      for: [.categorical, .text]),
    SchemaKey(
      .column, "divide", "none", "the category is the whole part of number ÷ `divide`",
      for: [.categorical]),
    SchemaKey(
      .column, "bins", "none",
      "the category is the interval of a number between rising bounds: `[7, 15]` makes `<7`, "
        + "`7..<15` and `>=15`",
      for: [.categorical]),
    SchemaKey(
      .column, "buckets", "none",
      "the category is one of so many intervals of a number that hold equally many training rows",
      for: [.categorical]),
    SchemaKey(
      .column, "hash", "none",
      "texts are hashed into so many rows instead of being numbered: nothing is counted, values that "
        + "meet in a row share it, and values that no training row has keep a row as it was drawn",
      for: [.categorical]),
    SchemaKey(
      .column, "separator", "none",
      "the text is a list: what stands between two separators is a value of its own, counted as one. "
        + "A row has the mean or sum of its values; an empty list is the missing value",
      for: [.categorical]),
    SchemaKey(
      .column, "tokens", "none",
      "`words` or `characters`: the text is the list of its lower-cased words or characters, each "
        + "counted as a value of its own",
      for: [.categorical]),
    SchemaKey(
      .column, "pooling", "`mean`", "`mean` or `sum`: how the values of a list become one",
      for: [.categorical]),
    SchemaKey(
      .column, "maximumCount", "all", "how many values of a list count, the first ones",
      for: [.categorical]),
    SchemaKey(
      .column, "log1p", "`false`", "one more input, log(1 + number)", for: [.numeric]),
    SchemaKey(
      .column, "indicator", "`false`", "one more input, 1 if the number is above 0",
      for: [.numeric]),
    SchemaKey(
      .column, "input", "`false`",
      "`true` says aloud that the column is an input although a label is computed from it",
      for: [.categorical, .numeric]),
  ]

  private static let join: [SchemaKey] = [
    SchemaKey(.join, "file", "required", "the table's file, or a list as in `files.all`"),
    SchemaKey(
      .join, "key", "required", "the column of the key, one name for both or `{log: …, table: …}`"),
    SchemaKey(.joinKey, "log", "required", "the key's column in the log"),
    SchemaKey(.joinKey, "table", "required", "the key's column in the table"),
    SchemaKey(.join, "columns", "required", "the table's inputs, as `columns`"),
  ]

  private static let task: [SchemaKey] = [
    SchemaKey(
      .task, "column", "required but for `ranking`, `text`, `tuples`",
      "the column that the label is computed from; without `equals`, `in` and `atLeast` its number "
        + "is the label"),
    SchemaKey(
      .task, "kind", "`binary`",
      "`binary` (a label of 0 or 1), `regression`, or what has no label column: `ranking` (which "
        + "items a user comes to), `text` (the words of a row), `tuples` (what a row says of which "
        + "feature)"),
    SchemaKey(
      .task, "sampled", "`{per: user, negatives: 4, excluding: seen}`",
      "of a ranking, which needs `interactions`: how the items are drawn that a row's own is compared "
        + "with"),
    SchemaKey(.task, "equals", "none", "the label is 1 where the text is this"),
    SchemaKey(.task, "in", "none", "the label is 1 where the text is one of this list"),
    SchemaKey(.task, "atLeast", "none", "the label is 1 where the number is this or more"),
    SchemaKey(.task, "divide", "`1`", "of a regression: what the number is divided by"),
    SchemaKey(
      .task, "cap", "none", "of a regression: the greatest number, behind the division"),
    SchemaKey(
      .task, "log1p", "`false`", "of a regression: whether the label is log(1 + number)"),
    SchemaKey(
      .task, "space", "all rows; of a ranking those of users and items with an id of their own",
      "the rows that the task counts for, as a rule: `{column: click, equals: \"1\"}`"),
    SchemaKey(
      .task, "labelMissing", "`error`",
      "what a row is whose label is blank, or whose space cannot be told because its column is: "
        + "`error` refuses the data, `skip` leaves the row out of the task's sample space"),
    SchemaKey(.task, "weight", "`1`", "what the task's loss weighs at first"),
  ]

  private static let space: [SchemaKey] = [
    SchemaKey(
      .space, "column", "required",
      "the column of the rule; without `equals`, `in` and `atLeast`, rows count where its number is "
        + "above 0"),
    SchemaKey(.space, "equals", "none", "rows count where the text is this"),
    SchemaKey(.space, "in", "none", "rows count where the text is one of this list"),
    SchemaKey(.space, "atLeast", "none", "rows count where the number is this or more"),
  ]

  private static let split: [SchemaKey] = [
    SchemaKey(
      .split, "column", "none",
      "the column that says which rows validate and test; all other rows train"),
    SchemaKey(.split, "validation", "required with `column`", "its text in validation rows"),
    SchemaKey(.split, "test", "required with `column`", "its text in test rows"),
    SchemaKey(
      .split, "rowParity", "none", "`true`: even rows of the test file validate, odd ones test"),
    SchemaKey(.split, "ratio", "none", "a split by a hash of the row's number"),
    SchemaKey(.ratio, "validation", "required", "the share of rows that validate"),
    SchemaKey(.ratio, "test", "required", "the share of rows that test"),
    SchemaKey(.ratio, "seed", "`1`", "the seed of the hash"),
    SchemaKey(.split, "time", "none", "a split by a column of times or dates"),
    SchemaKey(.time, "column", "required", "the column of times"),
    SchemaKey(
      .time, "validationFrom", "required",
      "rows from this time on validate, until `testFrom`; earlier ones train"),
    SchemaKey(
      .time, "testFrom", "required",
      "rows from this time on test. Both are dates, with a time or without (`2022-05-04`, "
        + "`2022-05-04T13:05:00+02:00`; UTC without an offset), or numbers in the column's unit"),
    SchemaKey(
      .time, "unit", "by the values",
      "what the column has, where it cannot be told: `date`, `seconds`, `milliseconds`, "
        + "`microseconds`, `nanoseconds` since 1970, or `number` for what counts anything"),
  ]
}
