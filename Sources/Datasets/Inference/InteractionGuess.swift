/// Finds the inputs of a log that are evidently a user and an item.
enum InteractionGuess {
  /// By names alone, the plainest first: whoever has read them would say the same.
  private static let users = [
    "user", "userid", "uid", "reviewer", "reviewerid", "customer", "customerid", "member",
    "memberid", "visitor", "visitorid",
  ]
  private static let items = [
    "item", "itemid", "iid", "asin", "parentasin", "product", "productid", "movie", "movieid",
    "film", "filmid", "video", "videoid", "book", "bookid", "article", "articleid", "sku",
  ]

  /// The user, the item and, where the split goes by one, the time; nil where not both are there.
  static func interactions(
    of columns: [InferredSchema.Column], _ split: InferredSchema.Split
  ) -> InteractionSchema? {
    guard let user = name(users, of: columns), let item = name(items, of: columns) else {
      return nil
    }
    guard case .time(let column, _, _, _, _) = split else {
      return InteractionSchema(user: user, item: item)
    }
    return InteractionSchema(user: user, item: item, time: column)
  }

  /// The first of some names that a column of single categories has, whatever its case and its marks.
  private static func name(_ names: [String], of columns: [InferredSchema.Column]) -> String? {
    let plain = columns.filter { $0.role == .categorical }.map { column in
      (column.name.lowercased().filter { $0.isLetter || $0.isNumber }, column.name)
    }
    return names.lazy.compactMap { name in plain.first { $0.0 == name }?.1 }.first
  }
}
