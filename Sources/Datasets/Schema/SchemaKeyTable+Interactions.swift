// The keys of users and items.

extension SchemaKey {
  static let interactions: [SchemaKey] = [
    SchemaKey(
      .interactions, "user", "required",
      "the input that is the user; categorical, with an id for every text"),
    SchemaKey(.interactions, "item", "required", "the input that is the item, likewise"),
    SchemaKey(
      .interactions, "time", "none",
      "the column of times or dates, by which a user's rows are ordered; equal times keep the order "
        + "of the file. It is `split.time.column` where rows are split by time"),
    SchemaKey(
      .interactions, "unit", "by the values", "what the column of times has, as `split.time.unit`"),
  ]

  static let sampled: [SchemaKey] = [
    SchemaKey(.sampled, "per", "`user`", "`user`: for each row of a user"),
    SchemaKey(
      .sampled, "negatives", "`4`", "how many items are drawn for a row, in every step anew"),
    SchemaKey(
      .sampled, "excluding", "`seen`",
      "`seen`: items that the user meets in a training row are not drawn; all others are alike"),
  ]

  static let splitByUser: [SchemaKey] = [
    SchemaKey(
      .split, "lastByUser", "none",
      "a split by each user's last rows by `interactions.time`; users of too few rows train only"),
    SchemaKey(
      .lastByUser, "validation", "`1`", "how many rows of a user, before those that test, validate"),
    SchemaKey(.lastByUser, "test", "`1`", "how many of a user's last rows test"),
    SchemaKey(
      .split, "ratioByUser", "none",
      "a split of each user's rows by a hash of the row's number, of which one at least trains"),
    SchemaKey(
      .ratioByUser, "validation", "required",
      "the share of a user's rows that validate; a user's number is rounded up or down by the hash, "
        + "so that the share holds over all users"),
    SchemaKey(.ratioByUser, "test", "required", "the share of a user's rows that test"),
    SchemaKey(.ratioByUser, "seed", "`1`", "the seed of the hash"),
  ]
}
