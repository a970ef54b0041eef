internal import CKernels
internal import Graph

/// The columns of a tile whose softmax is over some words: those of the step's draw, then what the tile
/// speaks or ought to speak of besides, in the scratch of a thread.
struct SampledColumns {
  /// Which words there are, in the order of columns.
  let words: UnsafeMutablePointer<Float>
  /// How many there are.
  private(set) var count = 0
  /// How many of them were drawn: the first ones.
  private var drawn = 0
  /// The column of every word of the vocabulary; −1 for none.
  private let places: UnsafeMutablePointer<Float>
  /// W [H, columns] of these words, then its gradient.
  private let weight: UnsafeMutablePointer<Float>
  private let packed: UnsafeMutablePointer<Float>
  private let packedTransposed: UnsafeMutablePointer<Float>
  /// b of these words, then its gradient.
  private let bias: UnsafeMutablePointer<Float>
  /// 1 of the columns that a word keeps as they are, else 0.
  private let kept: UnsafeMutablePointer<Float>
  private let sample: WordSample

  /// Columns at most of a tile of so many words.
  static func most(words: Int, _ sample: WordSample, concepts: Int) -> Int {
    min(sample.vocabulary, sample.count + words * (1 + concepts))
  }

  /// Floats that so many columns take.
  static func floats(columns: Int, hidden: Int, _ sample: WordSample) -> Int {
    let (wide, high) = (Int64(columns), Int64(hidden))
    return 3 * columns + sample.vocabulary + hidden * columns
      + Int(ck_packed_count(high, wide) + ck_packed_count(wide, high))
  }

  /// Takes memory from `scratch` on.
  init(_ scratch: UnsafeMutablePointer<Float>, columns: Int, hidden: Int, _ sample: WordSample) {
    self.sample = sample
    words = scratch
    bias = words + columns
    kept = bias + columns
    places = kept + columns
    weight = places + sample.vocabulary
    packed = weight + hidden * columns
    packedTransposed = packed + Int(ck_packed_count(Int64(hidden), Int64(columns)))
  }

  /// The column of a word that has one.
  func column(of word: Int) -> Int { Int(places[word]) }

  /// Begins with the words of the step's draw.
  mutating func begin(_ call: Call) {
    places.update(repeating: -1, count: sample.vocabulary)
    var found = 0
    sample.forEach(draw: call.batch.draw) { word in
      places[word] = Float(found)
      words[found] = Float(word)
      kept[found] = 0
      found += 1
    }
    (count, drawn) = (found, found)
  }

  /// Sees to it that a word has a column.
  mutating func add(_ word: Int) {
    guard places[word] < 0 else { return }
    places[word] = Float(count)
    words[count] = Float(word)
    kept[count] = 0
    count += 1
  }

  /// z = h W + b over these words alone.
  func computeLogits(
    _ states: UnsafePointer<Float>, rows: Int, hidden: Int, _ logits: UnsafeMutablePointer<Float>,
    _ call: Call
  ) {
    let (w, b) = (call.value(0), call.value(1))
    for j in 0..<hidden {
      let (from, to) = (w + j * sample.vocabulary, weight + j * count)
      for column in 0..<count { to[column] = from[Int(words[column])] }
    }
    for column in 0..<count { bias[column] = b[Int(words[column])] }
    let (wide, high, panel) = (Int64(count), Int64(hidden), ck_panel())
    ck_pack(high, wide, weight, nil, wide, 0, (wide + panel - 1) / panel, packed)
    // For the way back, which needs the memory.
    ck_pack_transposed(
      wide, high, weight, nil, wide, 0, (high + panel - 1) / panel, packedTransposed)
    ck_product(
      Int64(rows), wide, high, states, high, packed, logits, wide, bias, Int32(CK_BIAS))
  }

  /// Has the next ``correct(_:)`` leave a column as it is.
  func keep(_ column: Int) { kept[column] = 1 }

  /// Makes of a word's logits those whose softmax stands for that over the vocabulary: what is kept as it
  /// is, z − ln π of the others of the draw, and none of what only others of the tile speak.
  func correct(_ z: UnsafeMutablePointer<Float>) {
    for column in 0..<count {
      if kept[column] != 0 {
        kept[column] = 0
      } else if column < drawn {
        z[column] -= sample.logarithm(of: Int(words[column]))
      } else {
        z[column] = -.infinity
      }
    }
  }

  /// dh = dz Wᵀ.
  func multiplyBack(
    _ slopes: UnsafePointer<Float>, rows: Int, hidden: Int, _ to: UnsafeMutablePointer<Float>
  ) {
    let (wide, high) = (Int64(count), Int64(hidden))
    ck_product(Int64(rows), high, wide, slopes, wide, packedTransposed, to, high, nil, 0)
  }

  /// dW (+)= hᵀ dz, db (+)= Σ dz of these words; with `overwrites` the gradients of all others become 0.
  func addWeightGradient(
    _ states: UnsafePointer<Float>, _ slopes: UnsafeMutablePointer<Float>, rows: Int, hidden: Int,
    stripe: Int, _ pack: UnsafeMutablePointer<Float>, _ call: Call, overwrites: Bool
  ) {
    let (dW, db, vocabulary) = (call.gradient(0), call.gradient(1), sample.vocabulary)
    if overwrites {
      dW.update(repeating: 0, count: hidden * vocabulary)
      db.update(repeating: 0, count: vocabulary)
    }
    for first in stride(from: 0, to: count, by: stripe) {
      let columns = Int64(min(stripe, count - first))
      ck_pack_gradient(
        Int64(rows), columns, slopes + first, Int64(count), nil, 0, bias + first, 0, pack)
      ck_product_transposed(
        Int64(hidden), columns, Int64(rows), states, Int64(hidden), pack, weight + first,
        Int64(count), nil, 0)
    }
    for column in 0..<count { db[Int(words[column])] += bias[column] }
    for j in 0..<hidden {
      let (from, to) = (weight + j * count, dW + j * vocabulary)
      for column in 0..<count { to[Int(words[column])] += from[column] }
    }
  }
}
