internal import Foundation
public import Tensors

/// The words that a softmax is over instead of a whole vocabulary, drawn anew in every step.
///
///     q_c ∝ ln((c + 2) / (c + 1)),  π_c = min(1, s·q_c),  s so that Σ_c π_c = K
///     S = {c : ⌊Π_c + u⌋ > ⌊Π_{c−1} + u⌋},  Π_c = Σ_{d ≤ c} π_d,  u = u(draw, stream) ∈ [0, 1)
///
/// Words are numbered by how often they occur: q is the log-uniform law that word counts about follow.
/// Systematic sampling gives K different words, each with its own probability π_c of being among them
/// (Madow 1949, doi:10.1214/aoms/1177729988): the commonest always are, and with K ≥ V all are. A draw
/// depends on the step and the stream alone, so that all rows of a step have the same words.
public struct WordSample: Sendable {
  /// K.
  public let count: Int
  /// V.
  public let vocabulary: Int
  /// Keeps the draws of different places apart.
  public let stream: UInt64
  /// Π by word.
  private let sums: Storage<Double>
  /// ln π by word.
  private let logarithms: Storage<Float>

  /// K words of V, or all if K is as many.
  public init(_ count: Int, of vocabulary: Int, stream: UInt64) {
    precondition(count > 0 && vocabulary > 0, "\(count) sampled words of \(vocabulary)")
    let count = min(count, vocabulary)
    self.count = count
    self.vocabulary = vocabulary
    self.stream = stream
    // The first words are the likeliest: as many of them as s·q would make surer than sure are certain.
    func weight(_ word: Int) -> Double { log(Double(word + 2) / Double(word + 1)) }
    func rate(behind certain: Int) -> Double {
      Double(count - certain) / log(Double(vocabulary + 1) / Double(certain + 1))
    }
    var certain = 0
    while certain < count, rate(behind: certain) * weight(certain) > 1 { certain += 1 }
    let rate = certain < vocabulary ? rate(behind: certain) : 0
    sums = Storage(count: vocabulary, filling: 0)
    logarithms = Storage(count: vocabulary, filling: 0)
    var sum = 0.0
    for word in 0..<vocabulary {
      let probability = word < certain ? 1 : rate * weight(word)
      sum += probability
      sums[word] = sum
      logarithms[word] = word < certain ? 0 : Float(log(probability))
    }
    // Rounding makes no word more or less.
    sums[vocabulary - 1] = Double(count)
  }

  /// ln π of a word.
  public func logarithm(of word: Int) -> Float { logarithms.base[word] }

  /// Calls `body` with the words of a step's draw, in rising order.
  public func forEach(draw: UInt64, _ body: (_ word: Int) -> Void) {
    let random = RandomSource(seed: draw, stream: RandomSource.mix(Self.kind ^ stream))
    // So coarse that u + K is exact.
    let start = (random.uniform(0) * 1_073_741_824).rounded(.down) / 1_073_741_824
    var whole = start.rounded(.down)
    for word in 0..<vocabulary {
      let next = (sums.base[word] + start).rounded(.down)
      if next > whole { body(word) }
      whole = next
    }
  }

  /// Keeps the draws apart from those of other operations, which number their streams too.
  private static let kind: UInt64 = 0x776f_7264
}
