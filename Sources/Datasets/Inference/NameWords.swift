/// What the words of a column's name say of it.
struct NameWords {
  private let words: Set<String>

  /// Cuts a name at everything that is no letter or digit, and where a capital begins a word.
  init(_ name: String) {
    var words: [String] = []
    var word = ""
    var previous: Character = " "
    for character in name {
      let begins = character.isUppercase && previous.isLowercase
      if begins || !(character.isLetter || character.isNumber) {
        words.append(word)
        word = ""
      }
      if character.isLetter || character.isNumber { word.append(character) }
      previous = character
    }
    self.words = Set((words + [word]).map { $0.lowercased() }.filter { !$0.isEmpty })
  }

  /// An outcome of two kinds: a click, a purchase, a label.
  var isOutcome: Bool { has(Self.outcomes) && !isStatistic }
  /// A kind of event, as a value of a column that tells events apart.
  var isEvent: Bool {
    has(Self.outcomes.subtracting(["label", "labels", "target", "y", "default", "income"]))
      || has(["pv", "impression", "show", "visit", "watch", "remove", "checkout"])
  }
  /// A judgement on a scale.
  var isRating: Bool { has(["rating", "ratings", "stars", "score"]) && !isStatistic }
  /// How long or how much, known afterwards only.
  var isQuantity: Bool {
    let watched = has(["play", "watch", "watched", "dwell", "stay", "listen", "viewing", "reading"])
    let timed = has(["time", "ms", "sec", "seconds", "duration", "length", "second"])
    return (watched && timed || has(["dwell", "revenue", "gmv", "payment", "spend", "spent"]))
      && !isStatistic
  }
  /// What identifies something, whatever its numbers are.
  var isIdentifier: Bool { has(Self.identifiers) }

  /// A count or a mean over the past, which is no outcome of this row.
  private var isStatistic: Bool {
    has(["count", "cnt", "num", "avg", "mean", "total", "history", "hist", "rate", "ratio", "last"])
  }

  private func has(_ list: Set<String>) -> Bool { !words.isDisjoint(with: list) }

  private static let outcomes: Set<String> = [
    "click", "clicked", "clk", "like", "liked", "dislike", "buy", "bought", "purchase", "purchased",
    "order", "ordered", "cart", "addtocart", "favorite", "favourite", "fav", "follow", "followed",
    "share", "shared", "forward", "comment", "commented", "conversion", "converted", "cvr", "label",
    "labels", "target", "y", "outcome", "income", "churn", "churned", "subscribe", "subscribed",
    "install", "installed", "download", "finish", "finished", "view", "viewed", "valid", "booked",
    "booking", "default", "response", "hate", "collect", "collected",
  ]

  private static let identifiers: Set<String> = [
    "id", "ids", "uid", "iid", "user", "item", "code", "zip", "postcode", "category", "cat",
    "brand",
    "type", "device", "city", "country", "region", "hour", "weekday", "gender", "sex", "shop",
    "store", "seller", "campaign", "site", "app", "advertiser", "page", "slot", "position",
    "author",
    "video", "product", "sku", "tag", "session", "channel", "tab", "genre", "occupation", "os",
    "browser", "key", "hash", "group", "class", "segment",
  ]
}
