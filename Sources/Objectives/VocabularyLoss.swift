public import Graph
public import Tensors

/// The loss of words: cross-entropy of a softmax over a vocabulary at every word of a row.
///
///     z_it = h_it W + b,  p_it = softmax(z_it),  ℓ_it = −ln p_it(y_it)     over words that exist, y ≠ 0
///     tokens:          L = Σ_i w_i Σ_t ℓ_it / max(1, Σ_i T_i)
///     rows then batch: L = Σ_i w_i (1/T_i) Σ_t ℓ_it / max(1, n)
///     sum over time:   L = Σ_i w_i Σ_t ℓ_it / max(1, n)
///     dz_it = s_it (p_it − 1[y_it]),  dh = dz Wᵀ,  dW = hᵀ dz,  db = Σ dz
///     h [B, T·H], W [H, V] (named [V, H]), b [V], y: T drawn columns of the batch
///
/// n are the rows of the task's sample space, T_i a row's words. w is the row's weight times that of
/// ``rowWeights``, which takes no gradient: with r − b of samples and their sum over time this is
/// REINFORCE (Williams 1992, doi:10.1007/BF00992696).
///
/// With ``Concepts`` a second loss stands beside it, with sums and a scale of its own: how unlikely
/// words are that ought to be spoken of, pooled over them and averaged as ℓ is,
///
///     c_it = max_c, mean_c or min_c of −ln p_it(c)        0 for a row without any
///
/// (Chen et al. "Co-Attentive Multi-Task Learning for Explainable Recommendation." IJCAI 2019,
/// doi:10.24963/ijcai.2019/296).
///
/// With a ``WordSample`` the softmax is over the words S of the step alone, each by what its probability of
/// being drawn stands for, and what a word is asked for, O_it: itself and, unless their strength is 0, its
/// row's concepts, drawn or not:
///
///     ℓ_it = −z_it(y) + ln D_it,   D_it = Σ_{c ∈ O_it} e^{z_it(c)} + Σ_{c ∈ S, c ∉ O_it} e^{z_it(c)} / π_c
///     −ln p_it(c) = −z_it(c) + ln D_it ≥ 0      in c_it, of the concepts
///
/// D is Σ_c e^{z_it(c)} on average over draws, so that ℓ and c are on average no larger than the whole
/// ones, and the same where all are drawn. Other words get no gradient, and whether a word is the likeliest
/// of all is not counted (Bengio and Senécal 2008, doi:10.1109/TNN.2007.912312; Jean et al. 2015,
/// doi:10.3115/v1/P15-1001).
///
/// There is never a [words × V] of a batch: words are gathered, a tile at a time. Where somebody
/// descends from it, a tile's logits become its gradients in place, and forward does nothing; else
/// forward leaves Σ_t ℓ_it of each row, in nats, in the output [B, 1]. The sums of predictions and
/// labels count the words that no other was likelier than, and all words.
public struct VocabularyLoss: Loss {
  /// What the mean is over.
  public enum Mean: Sendable, Hashable {
    /// All words alike.
    case tokens
    /// A row's words, then rows.
    case rowsThenBatch
    /// Rows, whose words are added up.
    case sumOverTime
  }

  /// How the words that ought to be spoken of become one number.
  public enum Pool: Sendable, Hashable {
    /// That of the least likely one.
    case max
    /// Their mean.
    case mean
    /// That of the likeliest one.
    case min
  }

  /// The words that ought to be spoken of: the second input.
  public struct ConceptTerm: Sendable, Hashable {
    /// How they become one number.
    public var pool: Pool
    /// What their loss is multiplied by.
    public var strength: Parameter
    /// Where its sums and its scale are.
    public var place: Int
    /// C.
    public var count: Int
  }

  /// The task.
  public let task: Int
  /// Where its sums and its scale are: the task's, or those of a term of its own.
  public let place: Int
  /// The drawn columns with the words, 0 for none.
  public let target: Range<Int>
  /// W.
  public let weight: Parameter
  /// b.
  public let bias: Parameter
  /// V.
  public let vocabulary: Int
  /// H.
  public let hidden: Int
  /// What the mean is over.
  public let mean: Mean
  /// The words that ought to be spoken of; nil for none.
  public let concepts: ConceptTerm?
  /// Whether rows are weighted by the last input.
  public let hasRowWeights: Bool
  /// The words that the softmax is over; nil for all.
  public let sample: WordSample?

  /// The name in profiles and messages.
  public var name: String { "vocabulary loss" }
  /// It is of words.
  public var title: String { "cross-entropy of words" }
  /// Counts as a product.
  public var kind: WorkKind { .product }
  /// The states, and what weighs them.
  public var keeps: Keeps { .inputs }
  /// W and b.
  public var parameters: [Parameter] { [weight, bias] }
  /// The strength of the concepts, if there are any.
  public var givens: [Parameter] { concepts.map { [$0.strength] } ?? [] }
  /// The words.
  public var needs: BatchNeeds { BatchNeeds(columns: target.map { .drawn($0) }) }
  /// W, packed once a step, unless its columns are chosen anew in every step.
  public var packed: [PackedWeight] {
    guard sample == nil else { return [] }
    return [
      PackedWeight(parameter: weight, mask: nil, offset: 0, inputs: hidden, outputs: vocabulary)
    ]
  }
  /// 1; stops the program unless the inputs are [B, T·H], then [B, C] of concepts and [B, 1] of weights
  /// where there are any.
  public func width(of inputs: [Int]) -> Int {
    let count = 1 + (concepts == nil ? 0 : 1) + (hasRowWeights ? 1 : 0)
    precondition(
      !target.isEmpty && inputs.count == count && inputs[0] == target.count * hidden
        && (!hasRowWeights || inputs[count - 1] == 1),
      "vocabulary loss: states of \(target.count) × \(hidden), concepts, weights; found \(inputs)")
    return 1
  }
  /// T·H·V, or T·H·K of a sample.
  public func multiplyAdds(inputs: [Int]) -> Int {
    target.count * hidden * (sample?.count ?? vocabulary)
  }
  /// A tile.
  public func scratch(rows: Int) -> Int {
    WordTile.floats(words: tileWords(rows: rows), self)
  }

  /// Words of a tile: W and dW pass through the cache once a tile, whose logits may take 16 MiB.
  func tileWords(rows: Int) -> Int {
    min(rows * target.count, max(32, min(256, (4 << 20) / vocabulary / 16 * 16)))
  }

  /// Logits of a word at most, in a tile of so many.
  func mostColumns(words: Int) -> Int {
    guard let sample else { return vocabulary }
    return SampledColumns.most(words: words, sample, concepts: concepts?.count ?? 0)
  }

  /// What the mean is over: words, or rows of the sample space.
  public func rowCount(of batch: Batch) -> Float {
    guard mean == .tokens else { return batch.rowsInSpace(of: task) }
    guard let drawn = batch.drawn else { return 0 }
    var words: Float = 0
    for row in 0..<batch.rows where batch.isInSpace(batch.place(ofRow: row), of: task) {
      for column in target where drawn[row * batch.drawnCount + column] != 0 { words += 1 }
    }
    return words
  }

  /// Adds the losses to the sums and leaves each row's in the output, unless that is left to backward.
  public func forward(_ call: Call) {
    let y = call.output
    for row in 0..<call.rows { y.base[row * y.stride] = 0 }
    guard !call.descends else { return }
    forEachTile(call) { tile in
      tile.computeLogits(self, call)
      tile.measure(self, call, slopes: false)
      for word in 0..<tile.count {
        y.base[tile.row(word) * y.stride] += tile.losses[word]
      }
      tile.addSums(self, call)
    }
    addRows(call)
  }

  /// Adds to the gradients, and the losses to the sums if forward has not done it.
  public func backward(_ call: Call) {
    for input in 0..<call.inputCount { call.clearGradient(of: input) }
    var isFirst = !call.accumulatesParameters
    forEachTile(call) { tile in
      tile.computeLogits(self, call)
      tile.measure(self, call, slopes: true)
      tile.subtractTargets(self, call)
      if call.descends { tile.addSums(self, call) }
      tile.addWeightGradient(self, call, overwrites: isFirst)
      tile.addInputGradient(self, call)
      isFirst = false
    }
    if call.descends { addRows(call) }
    guard isFirst else { return }
    call.gradient(0).update(repeating: 0, count: hidden * vocabulary)
    call.gradient(1).update(repeating: 0, count: vocabulary)
  }

  /// Calls `body` with the words of the block that exist and count, a tile at a time.
  private func forEachTile(_ call: Call, _ body: (_ tile: WordTile) -> Void) {
    guard let drawn = call.batch.drawn else { return }
    var tile = WordTile(call, words: tileWords(rows: call.rows), self)
    for row in 0..<call.rows {
      let stored = call.batch.place(ofRow: call.firstRow + row)
      guard call.batch.isInSpace(stored, of: task) else { continue }
      let words = drawn + (call.firstRow + row) * call.batch.drawnCount
      let length = target.reduce(0) { $0 + (words[$1] == 0 ? 0 : 1) }
      let weight = rowWeight(row, stored, call) / (mean == .rowsThenBatch ? Float(length) : 1)
      for (slot, column) in target.enumerated() where words[column] != 0 {
        if tile.count == tile.most {
          tile.chooseColumns(self, call)
          body(tile)
          tile.count = 0
        }
        tile.add(row, slot, word: Int(words[column]), weight: weight, self, call)
      }
    }
    guard tile.count > 0 else { return }
    tile.chooseColumns(self, call)
    body(tile)
  }

  /// What a row counts.
  private func rowWeight(_ row: Int, _ stored: Int, _ call: Call) -> Float {
    let weight = call.batch.weight(at: stored, of: task)
    guard hasRowWeights else { return weight }
    let given = call.input(call.inputCount - 1)
    return weight * given.base[row * given.stride]
  }

  /// Counts the rows that a mean over rows is over.
  private func addRows(_ call: Call) {
    guard mean != .tokens else { return }
    var rows = 0.0
    for row in 0..<call.rows
    where call.batch.isInSpace(call.batch.place(ofRow: call.firstRow + row), of: task) { rows += 1 }
    call.lossSums[place].rows += rows
    if let concepts { call.lossSums[concepts.place].rows += rows }
  }
}

extension VocabularyLoss {
  /// Words that ought to be spoken of.
  public struct Concepts {
    /// The words [B, C] as numbers, 0 for none.
    public var ids: Variable
    /// How they become one number.
    public var pool: Pool
    /// What their loss is multiplied by.
    public var strength: Parameter
    /// Where its sums and its scale are.
    public var place: Int

    /// Names words that ought to be spoken of.
    public init(ids: Variable, pool: Pool, strength: Parameter, place: Int) {
      self.ids = ids
      self.pool = pool
      self.strength = strength
      self.place = place
    }
  }
}

extension Variable {
  /// The loss of the words that these states [B, T·H] speak, of T drawn columns; see
  /// ``VocabularyLoss``.
  public func vocabularyLoss(
    task: Int, target: Range<Int>, weight: Parameter, bias: Parameter, vocabulary: Int,
    mean: VocabularyLoss.Mean, concepts: VocabularyLoss.Concepts? = nil,
    rowWeights: Variable? = nil, place: Int? = nil, sample: WordSample? = nil
  ) -> Variable {
    let term = concepts.map {
      VocabularyLoss.ConceptTerm(
        pool: $0.pool, strength: $0.strength, place: $0.place, count: $0.ids.width)
    }
    let loss = VocabularyLoss(
      task: task, place: place ?? task, target: target, weight: weight, bias: bias,
      vocabulary: vocabulary, hidden: width / max(1, target.count), mean: mean, concepts: term,
      hasRowWeights: rowWeights != nil, sample: sample)
    let inputs = [self, concepts?.ids.detached(), rowWeights?.detached()]
    return graph.record(loss, inputs.compactMap { $0 })
  }
}
