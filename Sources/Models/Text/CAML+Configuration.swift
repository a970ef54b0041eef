public import Datasets
import Graph
import Layers
import Objectives
import Runs

extension CAML {
  /// Sizes, temperatures and what the losses are means of.
  public struct Configuration: ModelConfiguration {
    /// Numbers of a word, and of a text.
    public var wordWidth = 50
    /// Pointers of each side, H.
    public var heads = 2
    /// Concepts of a text that may be chosen.
    public var concepts = 8
    /// Units of the decoder.
    public var hidden = 400
    /// Factors of the rating's factorisation machine, k.
    public var factors = 10
    /// τ of the Gumbel pointers.
    public var temperature = 0.5
    /// λ_c: the authors' 0.25 squared, since their code multiplies by it twice.
    public var conceptStrength = 0.0625
    /// Which of the chosen concepts L_c looks at.
    public var conceptPool = "max"
    /// What the loss of a text is a mean of.
    public var mean = "rows"
    /// Where the GRU resets.
    public var gru = "reset-after"
    /// Words of a step that its softmax is over while it learns; 0 for all.
    public var sampledWords = 0
    /// λ; of all but layers' biases: those of the GRU are penalised.
    public var l2 = 1e-6

    /// The sizes of the authors' code.
    public init() {}

    /// What may be set by name.
    public static var options: [ModelOption<Self>] {
      [
        ModelOption("word", .count(\.wordWidth), "numbers of a word"),
        ModelOption("heads", .count(\.heads), "pointers of each side"),
        ModelOption("concepts", .count(\.concepts), "concepts of a review that may be chosen"),
        ModelOption("hidden", .count(\.hidden), "units of the decoder"),
        ModelOption("factors", .count(\.factors), "factors of the rating's pairs"),
        ModelOption(
          "temperature", .number(\.temperature, in: 0.05...5), "of the Gumbel pointers"),
        ModelOption(
          "concept-weight", .number(\.conceptStrength, in: 0...10),
          "how much the text should say the chosen concepts"),
        ModelOption(
          "concept-pool", .word(\.conceptPool, of: ["max", "mean", "min"]),
          "which chosen concepts: the least likely, all, the likeliest"),
        ModelOption(
          "mean", .word(\.mean, of: ["rows", "tokens", "time"]),
          "a text's loss: mean over its words then rows, over all words, or, as the authors, summed"
        ),
        ModelOption(
          "gru", .word(\.gru, of: ["reset-after", "reset-before"]),
          "where the decoder resets: as cuDNN, or as the authors' TensorFlow 1"),
        ModelOption(
          "sampled", .whole(\.sampledWords),
          "words of a step's softmax, whose loss is then an estimate; 0: all"),
        ModelOption("l2", .number(\.l2, in: 0...1), "penalty on all but layers' biases"),
      ]
    }
  }
}

extension CAML.Configuration {
  var form: GRU.Form { gru == "reset-before" ? .resetBefore : .resetAfter }

  var pool: VocabularyLoss.Pool {
    switch conceptPool {
    case "mean": .mean
    case "min": .min
    default: .max
    }
  }

  var vocabularyMean: VocabularyLoss.Mean {
    switch mean {
    case "tokens": .tokens
    case "time": .sumOverTime
    default: .rowsThenBatch
    }
  }

  /// Where texts stand among what is drawn.
  public func slots(of text: TextShape) -> ReviewSlots {
    ReviewSlots(
      userTexts: text.shape.perUser, itemTexts: text.shape.perItem, tokens: text.shape.tokens,
      concepts: text.hasConcepts ? concepts : 0, target: text.shape.tokens + 1)
  }
}

extension CAML {
  /// As other models of texts are trained, with the authors' 50 numbers of a user and of an item: with 8 its
  /// sentences hardly know of whom they are.
  public static var ownRule: OwnRule? {
    var rule = textRule
    rule.embeddingWidth = 50
    return rule
  }
}
