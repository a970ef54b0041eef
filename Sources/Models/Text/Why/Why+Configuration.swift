import Datasets
import Graph
public import Layers
import Objectives
import Runs

extension Why {
  /// Sizes, and how its parts pull at each other.
  public struct Configuration: ModelConfiguration {
    /// Numbers of a word.
    public var wordWidth = 50
    /// Units of an encoder in each direction; users and items have twice as many factors.
    public var encoder = 32
    /// Units of the decoder.
    public var hidden = 200
    /// What a sentence is said from.
    public var reads = Reads.pair.rawValue
    /// Whether there is an adversary, and a policy that listens to it.
    public var isAdversarial = true
    /// Epochs of teacher forcing before the policy begins.
    public var warmUp = 2
    /// In every so manieth step the policy and the adversary move.
    public var every = 1
    /// Filters of the adversary by window.
    public var filters = 20
    /// Whether the adversary is shown reviews of others as if they were the user's own.
    public var showsOthers = true
    /// Numbers of a user that the adversary knows.
    public var ownerWidth = 16
    /// λ of the factors at the start.
    public var prior = 0.1
    /// λ of the documents at the start.
    public var textPrior = 0.1
    /// What the policy's loss counts at the start.
    public var policy = 0.1
    /// Words of a step that the teacher's softmax is over; 0 for all.
    public var sampledWords = 0
    /// λ of the squares at the start.
    public var l2 = 1e-6

    /// The defaults.
    public init() {}

    /// What may be set by name.
    public static var options: [ModelOption<Self>] {
      [
        ModelOption("word", .count(\.wordWidth), "numbers of a word"),
        ModelOption(
          "encoder", .count(\.encoder), "units each way; users and items have twice as many"),
        ModelOption("hidden", .count(\.hidden), "units of the decoder"),
        ModelOption(
          "reads", .word(\.reads, of: Reads.allCases.map(\.rawValue)),
          "what is said is said from: both documents (personalised), the user's, the item's"),
        ModelOption(
          "adversarial", .flag(\.isAdversarial), "whether a policy learns from an adversary"),
        ModelOption("warm-up", .whole(\.warmUp), "epochs of the teacher before the policy"),
        ModelOption(
          "every", .count(\.every), "policy and adversary move in every so manieth step"),
        ModelOption(
          "others", .flag(\.showsOthers), "whether the adversary is shown others' reviews, too"),
        ModelOption("filters", .count(\.filters), "filters of the adversary by window"),
        ModelOption(
          "owner", .count(\.ownerWidth), "numbers of a user that the adversary knows"),
        ModelOption(
          "prior", .number(\.prior, in: 0...100), "how strongly documents draw users and items"),
        ModelOption(
          "text-prior", .number(\.textPrior, in: 0...100),
          "how strongly users and items draw their documents"),
        ModelOption(
          "policy", .number(\.policy, in: 0...10), "what the policy counts beside the teacher"),
        ModelOption(
          "sampled", .whole(\.sampledWords),
          "words of the teacher's softmax, whose loss is then an estimate; 0: all"),
        ModelOption("l2", .number(\.l2, in: 0...1), "penalty on users and items"),
      ]
    }
  }

  /// What a sentence is said from, and whose review the adversary takes it for.
  public enum Reads: String, Sendable, Hashable, CaseIterable {
    /// The documents of user and item side by side: the personalised variant.
    case pair
    /// The user's document alone.
    case user
    /// The item's document alone, for whose review it is taken.
    case item
  }
}

extension Why.Configuration {
  /// What a sentence is said from.
  var source: Why.Reads { Why.Reads(rawValue: reads) ?? .pair }

  /// The epochs in which the policy moves.
  var policyEpochs: Range<Int> { warmUp..<Int.max }

  /// Those of the adversary, which begins an epoch earlier: it must know something before it rewards.
  var adversaryEpochs: Range<Int> { max(0, warmUp - 1)..<Int.max }
}

// MARK: - What it needs

extension Why {
  /// Needs a text, a user and an item, and room for a review of each.
  public static func check(
    _ configuration: Configuration, of name: String, reading input: InputSpecification
  ) throws(ModelError) {
    try checkReviews(of: name, reading: input)
    let shape = input.text.shape
    guard shape.perUser == 0 || shape.perItem == 0 else { return }
    throw .unfitData(
      model: name, needs: "a review of the user and one of the item at least",
      found: "perUser: \(shape.perUser), perItem: \(shape.perItem) in the schema's `reviews`",
      fix: "gather one of each or more, `reviews: {of: COLUMN, perUser: 5, perItem: 5}`")
  }
}
