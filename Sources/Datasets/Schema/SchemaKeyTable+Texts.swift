// The keys of texts, opinions and concepts.

extension SchemaKey {
  static let textColumn: [SchemaKey] = [
    SchemaKey(
      .column, "tokenizer", "`words`",
      "what a token is: `words` by the word boundaries of Unicode, or `characters`. Besides, the "
        + "vocabulary has `<pad>`, `<unknown>`, `<start>` and `<end>`, which no text can produce",
      for: [.text]),
    SchemaKey(
      .column, "lowercase", "`true`", "whether texts are lower-cased before they are cut",
      for: [.text]),
    SchemaKey(
      .column, "maximumTokens", "`\(DatasetSchema.Text.usualTokens)`",
      "how many tokens of a text are kept, the first ones", for: [.text]),
    SchemaKey(
      .column, "vocabulary", "all", "how many words are known at most, the most frequent ones",
      for: [.text]),
  ]

  static let texts: [SchemaKey] = [
    SchemaKey(
      .schema, "reviews", "none",
      "how many texts of its user and its item a row is given; see `reviews.…`. They are of training "
        + "rows, the newest first (without `interactions.time` the last in the file), and never the row's own nor another of the same user and item"
    ),
    SchemaKey(
      .schema, "opinions", "none",
      "a table of who said what of which feature; see `opinions.…`. What trains reads none of a user "
        + "and an item that meet in a row which validates or tests"),
    SchemaKey(
      .schema, "concepts", "none",
      "which words name what texts are about; see `concepts.…`. Names of several words are left out"
    ),
    SchemaKey(.reviews, "of", "required", "the column of type `text`"),
    SchemaKey(.reviews, "perUser", "`0`", "texts of its user that a row is given at most"),
    SchemaKey(.reviews, "perItem", "`0`", "texts of its item that a row is given at most"),
    SchemaKey(.opinions, "file", "required", "the table's file, or a list as in `files.all`"),
    SchemaKey(.opinions, "user", "`user`", "its column of users, written as in the log"),
    SchemaKey(.opinions, "item", "`item`", "its column of items, likewise"),
    SchemaKey(.opinions, "feature", "`feature`", "its column of features"),
    SchemaKey(.opinions, "opinion", "`opinion`", "its column of opinion words"),
    SchemaKey(
      .opinions, "sentiment", "`sentiment`", "its column of sentiments: `1` for, `-1` against"),
    SchemaKey(
      .opinions, "delimiter", "a tab for `.tsv`, else `,`", "what stands between its fields"),
    SchemaKey(.opinions, "quoted", "`true`", "whether its fields may be quoted"),
    SchemaKey(.concepts, "from", "none", "`opinions`: the features of `opinions`"),
    SchemaKey(.concepts, "file", "none", "a table of words, in place of `from`"),
    SchemaKey(.concepts, "column", "required with `file`", "its column of words"),
  ]
}
