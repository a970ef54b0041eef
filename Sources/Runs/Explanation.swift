/// Why a system expects of a user and an item what it does: what its own numbers say, with the evidence.
///
/// A model makes it (`MultiTaskModel.explain`); names and texts are those of the data, raw.
public struct Explanation: Sendable, Equatable, Codable {
  /// A piece of text, and where it comes from.
  public struct Passage: Sendable, Equatable, Codable {
    /// The text.
    public var text: String
    /// Where it stands, in a few words: `u17 of this item, rating 4`; empty where that is plain.
    public var source: String

    /// Quotes a text.
    public init(_ text: String, source: String = "") {
      self.text = text
      self.source = source
    }
  }

  /// One reason.
  public struct Reason: Sendable, Equatable, Codable {
    /// What speaks for or against, in a few words: a feature, a review, an item.
    public var title: String
    /// How much it counts, see ``Explanation/scoreWords``; nil where a system only names it.
    public var score: Double?
    /// What the data say of it.
    public var evidence: [Passage]

    /// Gives a reason.
    public init(_ title: String, score: Double? = nil, evidence: [Passage] = []) {
      self.title = title
      self.score = score
      self.evidence = evidence
    }
  }

  /// The reasons, the weightiest first.
  public var reasons: [Reason]
  /// What the scores of the reasons are, in a few words: `predicted opinion, 1 to 5`.
  public var scoreWords: String
  /// A sentence that the system made, by a template or word by word; nil where it makes none.
  public var generated: Passage?
  /// What a person should know of it; nil: nothing.
  public var note: String?

  /// Puts an explanation together.
  public init(
    reasons: [Reason], scoreWords: String = "", generated: Passage? = nil, note: String? = nil
  ) {
    self.reasons = reasons
    self.scoreWords = scoreWords
    self.generated = generated
    self.note = note
  }
}

/// Which user and item a screen wants explained.
public struct ExplanationWish: Sendable, Hashable, Codable {
  /// A user.
  public enum User: Sendable, Hashable, Codable {
    /// By the place among all users, from 0; past the end counts on from the first.
    case place(Int)
    /// By the name that the data give.
    case named(String)
  }

  /// An item.
  public enum Item: Sendable, Hashable, Codable {
    /// By the place among those that the model puts first for the user, from 0.
    case first(Int)
    /// By the name that the data give.
    case named(String)
  }

  /// The user.
  public var user: User
  /// The item.
  public var item: Item
  /// Raised by 1 to have it explained anew, with the parameters of then.
  public var asking: Int

  /// Wishes for a pair.
  public init(user: User = .place(0), item: Item = .first(0), asking: Int = 0) {
    self.user = user
    self.item = item
    self.asking = asking
  }
}

/// A user, the items that the model puts first, and what it says of one of them.
public struct ExplanationView: Sendable, Equatable, Codable {
  /// A user or an item.
  public struct Party: Sendable, Equatable, Codable {
    /// The name that the data give.
    public var name: String
    /// The place among all of them, from 0.
    public var place: Int
    /// How many there are.
    public var count: Int
    /// In how many training rows it is.
    public var rows: Int

    /// Names a user or an item.
    public init(name: String, place: Int, count: Int, rows: Int) {
      self.name = name
      self.place = place
      self.count = count
      self.rows = rows
    }
  }

  /// An item that the model puts among the first.
  public struct Candidate: Sendable, Equatable, Codable {
    /// The item's name.
    public var name: String
    /// What it is put in its place by.
    public var score: Double
    /// The rating that is expected, where that is another number than ``score``; nil where it is not.
    public var rating: Double?

    /// Names an item.
    public init(name: String, score: Double, rating: Double? = nil) {
      self.name = name
      self.score = score
      self.rating = rating
    }
  }

  /// Where an item stands among all that were put in order.
  public struct Standing: Sendable, Equatable, Codable {
    /// Its place, from 0.
    public var place: Int
    /// How many items were put in order.
    public var count: Int
    /// The item, with what it is put in its place by.
    public var candidate: Candidate

    /// Records where an item stands.
    public init(place: Int, count: Int, candidate: Candidate) {
      self.place = place
      self.count = count
      self.candidate = candidate
    }
  }

  /// The rating of the pair.
  public struct Rating: Sendable, Equatable, Codable {
    /// The task.
    public var task: String
    /// What the model expects.
    public var predicted: Double
    /// What the data have; nil where the two never met.
    public var observed: Double?
    /// Whether the task is trained just now.
    public var isOn: Bool

    /// Records a rating.
    public init(task: String, predicted: Double, observed: Double?, isOn: Bool) {
      self.task = task
      self.predicted = predicted
      self.observed = observed
      self.isOn = isOn
    }
  }

  /// What was asked for.
  public var wish: ExplanationWish
  /// The step of the parameters.
  public var step: Int
  /// The user; nil where there is none of the name.
  public var user: Party?
  /// The item; nil where there is none of the name.
  public var item: Party?
  /// The items that the model puts first, those of training rows left out.
  public var first: [Candidate]
  /// What they are put in order by, and of how many: `rating, of all 240 items`.
  public var firstWords: String
  /// Where the item stands just now; nil where it is none of those that were put in order.
  public var standing: Standing?
  /// The rating of the pair; nil where no task is a rating.
  public var rating: Rating?
  /// In which rows the two meet: `training`, `validation`, `test`; nil: in none.
  public var split: String?
  /// What the model says; nil where it has no explanation, or there is no pair.
  public var explanation: Explanation?
  /// What the user wrote of the item, as far as it is read; nil where there is no text.
  public var truth: Explanation.Passage?
  /// What else training rows have of the user; nil where there is none of the name.
  public var ofUser: PairEvidence?
  /// What else training rows have of the item; nil where there is none of the name.
  public var ofItem: PairEvidence?
  /// What stands in the way, or what a person should know of it, a sentence each.
  public var remarks: [String]

  /// A view of a wish, with nothing in it yet.
  public init(wish: ExplanationWish, step: Int) {
    self.wish = wish
    self.step = step
    first = []
    firstWords = ""
    remarks = []
  }
}

extension ExplanationView {
  /// Whether it is what a wish asks for, or the same pair under another name: who wishes for the item that
  /// comes first and is told which that is may go on wishing for it by name.
  public func answers(_ other: ExplanationWish) -> Bool {
    guard wish.asking == other.asking, isOf(other.user) else { return false }
    switch other.item {
    case .first: return wish.item == other.item
    case .named(let name): return wish.item == other.item || item?.name == name
    }
  }

  /// Whether its user is the one of a wish.
  public func isOf(_ other: ExplanationWish.User) -> Bool {
    switch other {
    case .place(let place): wish.user == other || user?.place == place
    case .named(let name): wish.user == other || user?.name == name
    }
  }
}

extension ExplanationWish {
  /// The same wish with every number within some, and names no longer than a person would type.
  func limited(to numbers: ClosedRange<Int>) -> Self {
    func number(_ number: Int) -> Int { min(max(number, numbers.lowerBound), numbers.upperBound) }
    var limited = self
    switch user {
    case .place(let place): limited.user = .place(number(place))
    case .named(let name): limited.user = .named(String(name.prefix(400)))
    }
    switch item {
    case .first(let place): limited.item = .first(number(place))
    case .named(let name): limited.item = .named(String(name.prefix(400)))
    }
    limited.asking = number(asking)
    return limited
  }
}
