internal import CKernels
public import Tensors

/// The largest answer of every filter over all windows of k neighbouring tokens.
///
///     y_f = max_t max(0, Σ_{j<k} Σ_c W_f,c,j x_{t+j},c + b_f)      x [B, T·e], y [B, F]
///     dx_{t+j},c = Σ_f [t = t*_f] dy_f W_f,c,j,  dW_f,c,j = dy_f x_{t*_f+j},c,  db_f = dy_f
///
/// A window counts if all its tokens exist; without one y is 0. t*_f is the first window that is
/// largest; there is no gradient where y is 0. W is named [F, e, k] and stored [e·k, F]. Windows
/// that count are gathered, so that padding costs nothing but its memory.
///
/// Kim. "Convolutional Neural Networks for Sentence Classification." EMNLP 2014, section 2.
/// doi:10.3115/v1/D14-1181
public struct ConvolutionMax: Operation {
  /// W.
  public let weight: Parameter
  /// b.
  public let bias: Parameter
  /// T.
  public let slots: Slots
  /// e.
  public let width: Int
  /// k.
  public let window: Int
  /// F.
  public let filters: Int

  /// Filters over windows of tokens of a width.
  public init(
    weight: Parameter, bias: Parameter, slots: Slots, width: Int, window: Int, filters: Int
  ) {
    self.weight = weight
    self.bias = bias
    self.slots = slots
    self.width = width
    self.window = window
    self.filters = filters
  }

  /// The name in profiles and messages.
  public var name: String { "convolution" }
  /// Counts as a product.
  public var kind: WorkKind { .product }
  /// The tokens and their mask: which window was largest is found again.
  public var keeps: Keeps { .inputs }
  /// W and b.
  public var parameters: [Parameter] { [weight, bias] }
  /// W, packed once a step.
  public var packed: [PackedWeight] {
    [PackedWeight(parameter: weight, mask: nil, offset: 0, inputs: numbers, outputs: filters)]
  }
  /// That of the rows that have the tokens.
  public func extent(of inputs: [Extent]) -> Extent {
    slots.extent(for: name, of: inputs) { entries, _ in [entries] }
  }
  /// F; stops the program unless the inputs are [B, T·e] and, if it is there, [B, T].
  public func width(of inputs: [Int]) -> Int {
    precondition(
      window > 0 && filters > 0 && (1...2).contains(inputs.count)
        && inputs[0] == slots.sideBySide * width && (inputs.count == 1 || inputs[1] == slots.most),
      "convolution: \(slots.most) tokens of \(width) and their mask, found \(inputs)")
    return filters
  }
  /// Products of every window.
  public func multiplyAdds(inputs: [Int]) -> Int { starts * numbers * filters }

  /// e·k.
  private var numbers: Int { width * window }
  /// Windows of a row at most.
  private var starts: Int { max(0, slots.most - window + 1) }
  /// Columns of dy that are packed at a time for the weight gradient; a multiple of every panel.
  private static let stripe = 256

  /// Windows, answers, the largest of them and where they were, row numbers, and what a transposed
  /// product packs into.
  public func scratch(rows: Int) -> Int {
    rows * (numbers + 3 * filters + 1 + min(Self.stripe, (filters + 63) & ~63))
  }

  /// Finds the largest answers.
  public func forward(_ call: Call) {
    let (work, y) = (Work(call, numbers, filters), call.output)
    findLargest(work, call)
    for row in 0..<call.rows {
      (y.base + row * y.stride).update(from: work.best + row * filters, count: filters)
    }
  }

  /// Finds the windows again and hands each the gradient of the filters that it is largest for.
  public func backward(_ call: Call) {
    call.clearGradient(of: 1)
    call.clearGradient(of: 0)
    call.clearParameterGradient(0, count: numbers * filters)
    call.clearParameterGradient(1, count: filters)
    let work = Work(call, numbers, filters)
    findLargest(work, call)
    for start in 0..<starts {
      let count = gather(start, work, call)
      guard slopes(start, count, work, call) else { continue }
      addWeightGradient(count, work, call)
      addInputGradient(start, count, work, call)
    }
  }

  /// Leaves the largest answer of every row and filter, and the window that it came from; −1: none
  /// is above 0.
  private func findLargest(_ work: Work, _ call: Call) {
    work.best.update(repeating: 0, count: call.rows * filters)
    work.from.update(repeating: -1, count: call.rows * filters)
    for start in 0..<starts {
      let count = gather(start, work, call)
      guard count > 0 else { continue }
      ck_product(
        Int64(count), Int64(filters), Int64(numbers), work.windows, Int64(numbers), call.packed(0),
        work.answers, Int64(filters), call.value(1), Int32(CK_BIAS))
      for place in 0..<count {
        let to = Int(work.rows[place]) * filters
        let answers = work.answers + place * filters
        // A NaN counts as the largest, and stays.
        for f in 0..<filters where answers[f] > work.best[to + f] || answers[f].isNaN {
          work.best[to + f] = answers[f]
          work.from[to + f] = Float(start)
        }
      }
    }
  }

  /// Copies the windows that start at a token, [e, k] each, of the rows where all their tokens
  /// exist; how many there are.
  private func gather(_ start: Int, _ work: Work, _ call: Call) -> Int {
    let (x, present) = (call.input(0), Presence(call, slots, input: 1))
    var count = 0
    for row in 0..<call.rows where (start..<(start + window)).allSatisfy({ present.has(row, $0) }) {
      work.rows[count] = Float(row)
      let to = work.windows + count * numbers
      for j in 0..<window {
        let from = present.entry(x.base, x.stride, row, start + j, width)
        for c in 0..<width { to[c * window + j] = from[c] }
      }
      count += 1
    }
    return count
  }

  /// Leaves dy of the filters that a window is largest for in place of the answers; false if there
  /// is none.
  private func slopes(_ start: Int, _ count: Int, _ work: Work, _ call: Call) -> Bool {
    let dy = call.outputGradient
    var isWanted = false
    for place in 0..<count {
      let row = Int(work.rows[place])
      for f in 0..<filters {
        let isLargest = work.from[row * filters + f] == Float(start)
        work.answers[place * filters + f] = isLargest ? dy.base[row * dy.stride + f] : 0
        isWanted = isWanted || isLargest
      }
    }
    return isWanted
  }

  private func addWeightGradient(_ count: Int, _ work: Work, _ call: Call) {
    for column in stride(from: 0, to: filters, by: Self.stripe) {
      let columns = Int64(min(Self.stripe, filters - column))
      ck_pack_gradient(
        Int64(count), columns, work.answers + column, Int64(filters), nil, 0,
        call.gradient(1) + column, 1, work.pack)
      ck_product_transposed(
        Int64(numbers), columns, Int64(count), work.windows, Int64(numbers), work.pack,
        call.gradient(0) + column, Int64(filters), nil, Int32(CK_ACCUMULATE))
    }
  }

  /// The windows are read no more: their gradients take their memory.
  private func addInputGradient(_ start: Int, _ count: Int, _ work: Work, _ call: Call) {
    guard let dx = call.inputGradient(0) else { return }
    let present = Presence(call, slots, input: 1)
    ck_product(
      Int64(count), Int64(numbers), Int64(filters), work.answers, Int64(filters),
      call.packedTransposed(0), work.windows, Int64(numbers), nil, 0)
    for place in 0..<count {
      let from = work.windows + place * numbers
      for j in 0..<window {
        let to = present.entry(dx.base, dx.stride, Int(work.rows[place]), start + j, width)
        for c in 0..<width { to[c] += from[c * window + j] }
      }
    }
  }
}

/// The scratch of a convolution.
private struct Work {
  let windows: UnsafeMutablePointer<Float>
  let answers: UnsafeMutablePointer<Float>
  let best: UnsafeMutablePointer<Float>
  let from: UnsafeMutablePointer<Float>
  let rows: UnsafeMutablePointer<Float>
  let pack: UnsafeMutablePointer<Float>

  init(_ call: Call, _ numbers: Int, _ filters: Int) {
    pack = call.scratch
    windows = pack + call.rows * min(256, (filters + 63) & ~63)
    answers = windows + call.rows * numbers
    best = answers + call.rows * filters
    from = best + call.rows * filters
    rows = from + call.rows * filters
  }
}

extension Variable {
  /// The largest answer of every filter over the windows of these tokens; see ``ConvolutionMax``.
  public func convolutionMax(
    _ weight: Parameter, bias: Parameter, of slots: Slots, window: Int, filters: Int,
    keeping mask: Variable? = nil
  ) -> Variable {
    graph.record(
      ConvolutionMax(
        weight: weight, bias: bias, slots: slots, width: width / slots.sideBySide, window: window,
        filters: filters), [self] + (mask.map { [$0] } ?? []))
  }
}
