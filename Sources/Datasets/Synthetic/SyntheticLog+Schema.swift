extension SyntheticLog {
  /// The text of `schema.yaml`: what the columns mean, the tasks, the split; with its ``FileSeal``.
  public func schemaYAML() -> String { FileSeal.comment.sealing(unsealedSchema) }

  private var unsealedSchema: String {
    """
    # A made log: users, items in ten slots, and what they did. The truth is in truth.json.
    name: synthetic-\(preset.rawValue)
    files:
      all: log.csv
    delimiter: ","
    header: true
    \(preset == .huge ? wideColumns : schemaColumns)
    \(schemaTasks)
    split: {column: split, validation: validation, test: test}

    """
  }

  private var schemaColumns: String {
    """
    columns:
      user: {type: categorical, minimumCount: 2}
      item: {type: categorical, minimumCount: 2}
      category: {type: categorical}
      author: {type: categorical, minimumCount: 2}
      segment: {type: categorical}
      device: {type: categorical}
      slot: {type: categorical}
      hour: {type: categorical}
      is_rand: {type: \(requests.design.declaresRandomOrder ? "categorical" : "ignore")}
      price: {type: numeric, log1p: false, indicator: false}
      freshness: {type: numeric, log1p: false, indicator: false}
      activity: {type: numeric, log1p: false, indicator: false}
      duration: {type: numeric, log1p: true, indicator: false}
      price_sensitivity: {type: numeric, log1p: false, indicator: false}
      click: {type: ignore}
      cart: {type: ignore}
      purchase: {type: ignore}
      like: {type: ignore}
      share: {type: ignore}
      watch: {type: ignore}
      split: {type: ignore}
    """
  }

  private var wideColumns: String {
    """
    # \(WideColumns.withoutInfluence.joined(separator: ", ")) have no part in what happens.
    # A session is an id of 16 digits of which every request has its own: too many for a table.
    columns:
    """ + WideColumns.names.map { "\n  \($0): {\(Self.rule(of: $0))}" }.joined()
  }

  private static func rule(of column: String) -> String {
    switch column {
    case "session", "is_rand", "split": "type: ignore"
    case "click", "cart", "purchase", "like", "share", "watch": "type: ignore"
    case "user", "item", "author", "query", "city", "brand", "shop":
      "type: categorical, minimumCount: 2"
    case "duration", "tenure", "item_age": "type: numeric, log1p: true, indicator: false"
    case "price", "freshness", "activity", "price_sensitivity", "rating", "discount", "distance":
      "type: numeric, log1p: false, indicator: false"
    default: "type: categorical"
    }
  }

  private var schemaTasks: String {
    """
    tasks:
      click: {column: click, kind: binary}
      cart: {column: cart, kind: binary}
      purchase: {column: purchase, kind: binary}
      like: {column: like, kind: binary}
      watch: {\(watchRule), space: {column: click, equals: "1"}}
    """
  }

  private var watchRule: String {
    let weight = requests.design.watchWeight
    return "column: watch, kind: regression, log1p: true"
      + (weight == 1 ? "" : ", weight: \(weight)")
  }
}
