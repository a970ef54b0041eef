internal import CKernels
internal import Foundation
internal import Graph

/// Some words of a block side by side, in the scratch of a thread: their states, then their logits, then the
/// gradients of both in the same memory.
struct WordTile {
  /// Columns of V that are packed at a time for the weight gradient; a multiple of every panel.
  private static let stripe = 256

  /// Words at most.
  let most: Int
  /// Words that are there.
  var count = 0
  /// The columns of logits, if they are not the vocabulary.
  private var sampled: SampledColumns?
  /// Columns of logits.
  private var columns: Int
  /// ℓ by word.
  let losses: UnsafeMutablePointer<Float>
  /// z [words, columns], then dz.
  private let logits: UnsafeMutablePointer<Float>
  /// h [words, H], then dh.
  private let states: UnsafeMutablePointer<Float>
  private let pack: UnsafeMutablePointer<Float>
  private let rows: UnsafeMutablePointer<Float>
  private let slots: UnsafeMutablePointer<Float>
  private let targets: UnsafeMutablePointer<Float>
  /// w_i, or w_i / T_i.
  private let weights: UnsafeMutablePointer<Float>
  /// What p is multiplied by in dz.
  private let scales: UnsafeMutablePointer<Float>
  private let tops: UnsafeMutablePointer<Float>
  private let sums: UnsafeMutablePointer<Float>
  /// The logit of the target, before it is overwritten.
  private let spoken: UnsafeMutablePointer<Float>
  /// c by word, and how many concepts its row has.
  private let conceptLosses: UnsafeMutablePointer<Float>
  private let conceptCounts: UnsafeMutablePointer<Float>
  /// The concept that is pooled, −1 for none or for all.
  private let pooled: UnsafeMutablePointer<Float>

  /// Floats that a tile takes.
  static func floats(words: Int, _ loss: VocabularyLoss) -> Int {
    let columns = loss.mostColumns(words: words)
    let own = words * (columns + loss.hidden + min(stripe, (columns + 63) & ~63) + 12)
    guard let sample = loss.sample else { return own }
    return own + SampledColumns.floats(columns: columns, hidden: loss.hidden, sample)
  }

  init(_ call: Call, words: Int, _ loss: VocabularyLoss) {
    most = words
    let columns = loss.mostColumns(words: words)
    self.columns = columns
    var next = call.scratch
    func floats(_ width: Int) -> UnsafeMutablePointer<Float> {
      defer { next += words * width }
      return next
    }
    pack = floats(min(Self.stripe, (columns + 63) & ~63))
    logits = floats(columns)
    states = floats(loss.hidden)
    losses = floats(1)
    rows = floats(1)
    slots = floats(1)
    targets = floats(1)
    weights = floats(1)
    scales = floats(1)
    tops = floats(1)
    sums = floats(1)
    spoken = floats(1)
    conceptLosses = floats(1)
    conceptCounts = floats(1)
    pooled = floats(1)
    sampled = loss.sample.map {
      SampledColumns(next, columns: columns, hidden: loss.hidden, $0)
    }
  }

  /// A word's row in the block.
  func row(_ word: Int) -> Int { Int(rows[word]) }

  /// Appends a word and copies its state.
  mutating func add(
    _ row: Int, _ slot: Int, word: Int, weight: Float, _ loss: VocabularyLoss, _ call: Call
  ) {
    precondition(
      0 < word && word < loss.vocabulary, "vocabulary loss: word \(word) of \(loss.vocabulary)")
    rows[count] = Float(row)
    slots[count] = Float(slot)
    targets[count] = Float(word)
    weights[count] = weight
    let h = call.input(0)
    (states + count * loss.hidden).update(
      from: h.base + row * h.stride + slot * loss.hidden, count: loss.hidden)
    count += 1
  }

  /// Where a softmax is over some words, says which: those of the step, and what the tile's words need.
  mutating func chooseColumns(_ loss: VocabularyLoss, _ call: Call) {
    guard var chosen = sampled else { return }
    chosen.begin(call)
    for word in 0..<count {
      chosen.add(Int(targets[word]))
      if loss.concepts != nil { forEachConcept(word, loss, call) { chosen.add($0) } }
    }
    columns = chosen.count
    sampled = chosen
  }

  /// The column of a word's logit.
  private func column(of word: Int) -> Int { sampled?.column(of: word) ?? word }

  /// z = h W + b.
  func computeLogits(_ loss: VocabularyLoss, _ call: Call) {
    if let sampled {
      return sampled.computeLogits(states, rows: count, hidden: loss.hidden, logits, call)
    }
    ck_product(
      Int64(count), Int64(loss.vocabulary), Int64(loss.hidden), states, Int64(loss.hidden),
      call.packed(0), logits, Int64(loss.vocabulary), call.value(1), Int32(CK_BIAS))
  }

  /// Leaves the losses of all words, and with `slopes` s·p in place of the logits.
  func measure(_ loss: VocabularyLoss, _ call: Call, slopes: Bool) {
    let scale = call.lossScales[loss.place]
    for word in 0..<count {
      let z = logits + word * columns
      spoken[word] = z[column(of: Int(targets[word]))]
      pool(word, z, loss, call)
      correct(word, z, loss, call)
      let hasConcepts = conceptCounts[word] > 0
      scales[word] = weights[word] * (scale + (hasConcepts ? conceptScale(loss, call) : 0))
    }
    ck_scaled_softmax(
      Int64(count), Int64(columns), logits, Int64(columns),
      slopes ? UnsafePointer(scales) : nil, tops, sums)
    for word in 0..<count {
      let whole = tops[word] + log(sums[word])
      losses[word] = whole - spoken[word]
      // What was pooled are logits.
      conceptLosses[word] = conceptCounts[word] > 0 ? whole - conceptLosses[word] : 0
    }
  }

  /// Where a softmax is over some words, corrects a word's logits but for its own and its concepts': what
  /// is not in the sum could be made likelier without end.
  private func correct(
    _ word: Int, _ z: UnsafeMutablePointer<Float>, _ loss: VocabularyLoss, _ call: Call
  ) {
    guard let sampled else { return }
    sampled.keep(column(of: Int(targets[word])))
    if conceptCounts[word] > 0 {
      forEachConcept(word, loss, call) { sampled.keep(column(of: $0)) }
    }
    sampled.correct(z)
  }

  private func conceptScale(_ loss: VocabularyLoss, _ call: Call) -> Float {
    loss.concepts.map { call.lossScales[$0.place] * call.given(0)[0] } ?? 0
  }

  /// Finds the logit that stands for those of a word's concepts, and how many there are.
  private func pool(
    _ word: Int, _ z: UnsafePointer<Float>, _ loss: VocabularyLoss, _ call: Call
  ) {
    conceptCounts[word] = 0
    guard let concepts = loss.concepts, call.given(0)[0] != 0 else { return }
    var (found, sum, best): (Float, Float, Float) = (0, 0, -1)
    forEachConcept(word, loss, call) {
      let concept = column(of: $0)
      let logit = z[concept]
      // The least likely word has the largest −ln p.
      let isBetter =
        concepts.pool == .max ? !(logit >= z[max(0, Int(best))]) : !(logit <= z[max(0, Int(best))])
      if best < 0 || isBetter { best = Float(concept) }
      found += 1
      sum += logit
    }
    guard found > 0 else { return }
    conceptCounts[word] = found
    pooled[word] = concepts.pool == .mean ? -1 : best
    conceptLosses[word] = concepts.pool == .mean ? sum / found : z[Int(best)]
  }

  private func forEachConcept(
    _ word: Int, _ loss: VocabularyLoss, _ call: Call, _ body: (_ concept: Int) -> Void
  ) {
    let ids = call.input(1)
    let own = ids.base + row(word) * ids.stride
    for slot in 0..<call.inputWidth(1) where own[slot] != 0 {
      let concept = Int(own[slot])
      precondition(
        0 < concept && concept < loss.vocabulary,
        "vocabulary loss: concept \(concept) of \(loss.vocabulary)")
      body(concept)
    }
  }

  /// Makes dz of s·p.
  func subtractTargets(_ loss: VocabularyLoss, _ call: Call) {
    let scale = call.lossScales[loss.place]
    for word in 0..<count {
      let dz = logits + word * columns
      dz[column(of: Int(targets[word]))] -= scale * weights[word]
      guard conceptCounts[word] > 0 else { continue }
      let pull = conceptScale(loss, call) * weights[word]
      if pooled[word] >= 0 {
        dz[Int(pooled[word])] -= pull
      } else {
        forEachConcept(word, loss, call) {
          dz[column(of: $0)] -= pull / conceptCounts[word]
        }
      }
    }
  }

  /// Adds the losses to the sums, and counts words; whether a word is the likeliest of all is not known
  /// where the softmax is over some of them.
  func addSums(_ loss: VocabularyLoss, _ call: Call) {
    var (sum, conceptSum, hits) = (0.0, 0.0, 0.0)
    for word in 0..<count {
      sum += Double(weights[word]) * Double(losses[word])
      conceptSum += Double(weights[word]) * Double(conceptLosses[word])
      hits += sampled == nil && spoken[word] >= tops[word] ? 1 : 0
    }
    var own = LossSums()
    let words = loss.mean == .tokens ? Double(count) : 0
    (own.loss, own.predictions, own.labels, own.rows) = (sum, hits, Double(count), words)
    call.lossSums[loss.place].add(own)
    guard let concepts = loss.concepts else { return }
    call.lossSums[concepts.place].loss += Double(call.given(0)[0]) * conceptSum
    call.lossSums[concepts.place].rows += words
  }

  /// dW (+)= hᵀ dz, db (+)= Σ dz.
  func addWeightGradient(_ loss: VocabularyLoss, _ call: Call, overwrites: Bool) {
    let (vocabulary, hidden) = (loss.vocabulary, loss.hidden)
    if let sampled {
      return sampled.addWeightGradient(
        states, logits, rows: count, hidden: hidden, stripe: Self.stripe, pack, call,
        overwrites: overwrites)
    }
    let adds = overwrites ? 0 : Int32(CK_ACCUMULATE)
    for column in stride(from: 0, to: vocabulary, by: Self.stripe) {
      let columns = Int64(min(Self.stripe, vocabulary - column))
      ck_pack_gradient(
        Int64(count), columns, logits + column, Int64(vocabulary), nil, 0,
        call.gradient(1) + column, overwrites ? 0 : 1, pack)
      ck_product_transposed(
        Int64(hidden), columns, Int64(count), states, Int64(hidden), pack,
        call.gradient(0) + column, Int64(vocabulary), nil, adds)
    }
  }

  /// dh += dz Wᵀ; the states are read no more: their gradients take their memory.
  func addInputGradient(_ loss: VocabularyLoss, _ call: Call) {
    guard let dh = call.inputGradient(0) else { return }
    if let sampled {
      sampled.multiplyBack(logits, rows: count, hidden: loss.hidden, states)
    } else {
      ck_product(
        Int64(count), Int64(loss.hidden), Int64(loss.vocabulary), logits, Int64(loss.vocabulary),
        call.packedTransposed(0), states, Int64(loss.hidden), nil, 0)
    }
    for word in 0..<count {
      let from = states + word * loss.hidden
      let to = dh.base + row(word) * dh.stride + Int(slots[word]) * loss.hidden
      for j in 0..<loss.hidden { to[j] += from[j] }
    }
  }
}
