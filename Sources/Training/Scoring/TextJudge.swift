import Datasets
import Foundation
import Metrics
import Runs

/// Judges what a model says of rows: what their true words cost it, and how like the true texts those
/// are that it writes.
///
/// Perplexity is over the words of all rows of the split that count and have a text, ends counted but for
/// texts that were cut. Some rows, evenly spread over those, get a text written, of which the other
/// scores are. Beside it stands the perplexity of a ``BigramModel`` of the training rows' texts on the
/// same words, and BLEU-4 of its greedy text, the same for every row, against the same true ones: like
/// a model's it never says the unknown word.
final class TextJudge {
  /// Rows for which texts are written, by split.
  static func mostWritten(_ split: Evaluation.Split) -> Int { split == .test ? 512 : 128 }

  /// Rows that are judged, with the number of their text.
  private let judged: [(row: Int, text: Int)]
  private let data: TextData
  private let baseline: Perplexity
  /// What bigrams write of any row.
  private let bigramText: [Int32]
  /// The spread by which 1 / perplexity is put together with other tasks' scores: the standard error of
  /// the rows' mean cost of a word, times the chance of a word, both by bigrams, so that it is the same at
  /// every evaluation.
  private let deviation: Double
  /// Rows for which texts are written.
  let written: [Int]

  /// Whether there are texts but their costs have no spread, so that their score cannot be weighed.
  var hasNoSpread: Bool { !judged.isEmpty && !(deviation > 0) }

  /// Words that a text has at most, the end among them.
  var longest: Int { data.shape.tokens + 1 }

  /// Judges the rows of a split that count for a task, at index `task` of so many.
  ///
  /// - Parameters:
  ///   - examples: the rows.
  ///   - data: their texts.
  ///   - bigrams: the training texts' pairs of words.
  ///   - task: the task.
  ///   - tasks: how many tasks there are.
  ///   - mostWritten: rows for which texts are written at most.
  init(
    _ examples: Examples, _ data: TextData, _ bigrams: BigramModel, task: Int, of tasks: Int,
    mostWritten: Int
  ) {
    self.data = data
    let first = examples.firstText ?? 0
    judged =
      examples.firstText == nil
      ? []
      : (0..<examples.count).compactMap { row in
        let hasText = examples.isInside(row * tasks + task) && !data.corpus[first + row].isEmpty
        return hasText ? (row, first + row) : nil
      }
    var all = Perplexity()
    var costs: [Double] = []
    for (_, text) in judged {
      let words = data.words(of: text)
      let cost = bigrams.cost(of: words)
      all.add(negativeLogLikelihood: cost, tokens: words.count)
      costs.append(cost / Double(words.count))
    }
    baseline = all
    bigramText = bigrams.greedyText(
      longest: data.shape.tokens, end: TextVocabulary.end, never: TextVocabulary.unknown)
    deviation = Self.deviation(costs) / all.value
    let every = max(1, (judged.count + mostWritten - 1) / max(1, mostWritten))
    written = stride(from: 0, to: judged.count, by: every).map { [judged] in judged[$0].row }
  }

  /// The standard error of a mean.
  private static func deviation(_ values: [Double]) -> Double {
    let mean = values.reduce(0, +) / Double(values.count)
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return squares.squareRoot() / Double(values.count)
  }
}

extension TextData {
  /// The true words of a text as a model is to say them: its tokens, and the end where it was not cut.
  func words(of text: Int) -> [Int32] {
    Array(corpus[text]) + (corpus.isCut[text] ? [] : [TextVocabulary.end])
  }

  /// The pairs of words of the training texts.
  ///
  /// Padding and start are no words, so that V is the vocabulary without them.
  func bigrams() -> BigramModel {
    BigramModel(
      texts: corpus.texts(of: .training).lazy.filter { [corpus] in !corpus[$0].isEmpty }
        .map { self.words(of: $0) },
      words: vocabulary.count - 2, start: TextVocabulary.start)
  }
}

// MARK: - Scores

extension TextJudge {
  /// The scores of a model.
  ///
  /// - Parameters:
  ///   - costs: by row of the split, what its true words cost, in nats.
  ///   - texts: what was written for ``written``, as words without start and end; nil: nothing was.
  /// - Returns: the scores, the rows, and bigrams beside them.
  func judge(costs: [Float], writing texts: [[Int32]]?) -> OwnJudgement {
    var perplexity = Perplexity()
    for (row, text) in judged where costs[row].isFinite {
      perplexity.add(
        negativeLogLikelihood: Double(costs[row]), tokens: data.words(of: text).count)
    }
    var basis = [
      TaskScores.Basis("rows", "\(judged.count)"), .init("words", "\(perplexity.tokens)"),
    ]
    let pairs = texts.map(self.pairs) ?? []
    let written = compare(pairs, &basis)
    let scores = Answer.text.scores.compactMap { kind -> Score? in
      kind == .perplexity
        ? Score(.perplexity, perplexity.value) : written.first { $0.name == kind.name }
    }
    return OwnJudgement(
      scores: scores, basis: basis,
      baseline: .init("bigrams", [Score(.perplexity, baseline.value)] + bigramBLEU(pairs)),
      rank: 1 / perplexity.value, deviation: deviation)
  }

  /// A written text and the true one of its row.
  private typealias Pair = (text: [Int32], truth: [Int32])

  private func pairs(_ texts: [[Int32]]) -> [Pair] {
    let numbers = Dictionary(uniqueKeysWithValues: judged.map { ($0.row, $0.text) })
    return zip(texts, written).compactMap { text, row in
      numbers[row].map { (text: text, truth: Array(data.corpus[$0])) }
    }
  }

  /// BLEU-4 of what bigrams write against the same true texts; nothing where nothing is written.
  private func bigramBLEU(_ pairs: [Pair]) -> [Score] {
    guard !pairs.isEmpty else { return [] }
    var bleu = BLEU()
    for (_, truth) in pairs { bleu.add(candidate: bigramText, reference: truth) }
    return [Score(.bleu4, bleu.score(order: 4))]
  }

  /// The likeness of written and true texts.
  private func compare(_ pairs: [Pair], _ basis: inout [TaskScores.Basis]) -> [Score] {
    guard !pairs.isEmpty else { return [] }
    basis.append(.init("written", "\(pairs.count) greedily, evenly spread"))
    var bleu = BLEU()
    var (singles, doubles) = (DistinctRuns<Int32>(of: 1), DistinctRuns<Int32>(of: 2))
    let similarity = TextSimilarity(corpus: pairs.map(\.truth))
    var (rouge1, rouge2, rougeL, cosine) = (0.0, 0.0, 0.0, 0.0)
    for (text, truth) in pairs {
      bleu.add(candidate: text, reference: truth)
      singles.add(text)
      doubles.add(text)
      rouge1 += ROUGE.ofRuns(of: 1, candidate: text, reference: truth).f1
      rouge2 += ROUGE.ofRuns(of: 2, candidate: text, reference: truth).f1
      rougeL += ROUGE.ofLongestSubsequence(candidate: text, reference: truth).f1
      cosine += similarity.cosine(text, truth)
    }
    let count = Double(pairs.count)
    return [
      Score(.bleu4, bleu.score(order: 4)), Score(.rougeL, rougeL / count),
      Score(.distinct2, doubles.share), Score(.bleu1, bleu.score(order: 1)),
      Score(.bleu2, bleu.score(order: 2)), Score(.bleu3, bleu.score(order: 3)),
      Score(.rouge1, rouge1 / count), Score(.rouge2, rouge2 / count),
      Score(.distinct1, singles.share), Score(.termSimilarity, cosine / count),
    ] + featureHits(pairs, &basis)
  }

  /// How often a written text names a concept of the true one; nothing without concepts.
  private func featureHits(
    _ pairs: [Pair], _ basis: inout [TaskScores.Basis]
  ) -> [Score] {
    guard !data.concepts.isEmpty else { return [] }
    let index = Dictionary(uniqueKeysWithValues: data.concepts.enumerated().map { ($1, $0) })
    var hits = FeatureHits(features: data.concepts.count)
    for (text, truth) in pairs {
      hits.add(
        named: Set(text.compactMap { index[$0] }), truth: Set(truth.compactMap { index[$0] }))
    }
    basis.append(hits.byLot(of: "texts"))
    return [Score(.featureHit, hits.ratio)]
  }
}
