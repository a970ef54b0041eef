internal import CKernels
public import Tensors

/// An affine map, or E of them side by side, with an optional ReLU in the same pass.
///
///     y = [relu](x·W + b)                      W [inputs, outputs]; dx = dy·Wᵀ, dW = xᵀ·dy, db = Σ dy
///     y_e = [relu](x_e·W_e + b_e), e < E       W [E, inputs, outputs], x [B, E·inputs]
///
/// With a mask M [inputs, outputs] of a single block, W is read as M ∘ W and dW = M ∘ (xᵀ·dy).
/// With a ReLU, dy is first masked by y > 0. Weights are packed once a step, for both directions.
public struct Linear: Operation {
  /// W.
  public let weight: Parameter
  /// b; nil for none.
  public let bias: Parameter?
  /// M, laid out as W; nil for none.
  public let mask: Parameter?
  /// E.
  public let blocks: Int
  /// Rows of W (of each W_e).
  public let inputs: Int
  /// Columns of W (of each W_e).
  public let outputs: Int
  /// Whether y is cut off at 0.
  public var hasRelu: Bool
  /// What takes a gradient; the rest is read as it stands.
  public let learns: Learning

  /// The parts of an affine map that take a gradient.
  public struct Learning: OptionSet, Sendable, Hashable {
    /// The option's bits.
    public let rawValue: UInt8
    /// Options from bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// W.
    public static let weight = Learning(rawValue: 1)
    /// b.
    public static let bias = Learning(rawValue: 2)
    /// Both.
    public static let all: Learning = [.weight, .bias]
  }

  /// An affine map.
  public init(
    weight: Parameter, bias: Parameter?, mask: Parameter? = nil, blocks: Int = 1, inputs: Int,
    outputs: Int, hasRelu: Bool = false, learns: Learning = .all
  ) {
    precondition(mask == nil || blocks == 1, "linear: a mask with \(blocks) blocks")
    self.mask = mask
    self.weight = weight
    self.bias = bias
    self.blocks = blocks
    self.inputs = inputs
    self.outputs = outputs
    self.hasRelu = hasRelu
    self.learns = learns
  }

  /// The name in profiles and messages.
  public var name: String { hasRelu ? "linear+relu" : "linear" }
  /// Counts as a product.
  public var kind: WorkKind { .product }
  /// The input, and the output too where a ReLU masks by it.
  public var keeps: Keeps { hasRelu ? [.inputs, .output] : .inputs }
  /// Of W and b, in this order, what there is and learns.
  public var parameters: [Parameter] {
    (learns.contains(.weight) ? [weight] : [])
      + (bias.map { learns.contains(.bias) ? [$0] : [] } ?? [])
  }
  /// b, where it does not learn.
  public var givens: [Parameter] { learns.contains(.bias) ? [] : (bias.map { [$0] } ?? []) }
  /// Each W_e, packed once a step.
  public var packed: [PackedWeight] {
    (0..<blocks).map {
      PackedWeight(
        parameter: weight, mask: mask, offset: $0 * inputs * outputs, inputs: inputs,
        outputs: outputs)
    }
  }
  /// E·outputs; stops the program unless the input has E·inputs.
  public func width(of widths: [Int]) -> Int {
    precondition(
      widths == [blocks * inputs],
      "linear: [B, \(widths)] · \(blocks) × [\(inputs), \(outputs)]")
    return blocks * outputs
  }
  /// E·inputs·outputs.
  public func multiplyAdds(inputs widths: [Int]) -> Int { blocks * inputs * outputs }

  /// Columns of dy that are packed at a time for the weight gradient; a multiple of every panel.
  private static let stripe = 256

  /// What a transposed product packs dy into.
  public func scratch(rows: Int) -> Int { rows * min(Self.stripe, (outputs + 63) & ~63) }

  /// Computes y = [relu](x·W + b), block after block.
  public func forward(_ call: Call) {
    let x = call.input(0)
    let y = call.output
    let flags = (bias == nil ? 0 : CK_BIAS) | (hasRelu ? CK_RELU : 0)
    for e in 0..<blocks {
      ck_product(
        Int64(call.rows), Int64(outputs), Int64(inputs), x.base + e * inputs, Int64(x.stride),
        call.packed(e), y.base + e * outputs, Int64(y.stride),
        biasValues(call).map { $0 + e * outputs }, Int32(flags))
    }
  }

  private func biasValues(_ call: Call) -> UnsafePointer<Float>? {
    guard bias != nil else { return nil }
    return learns.contains(.bias) ? UnsafePointer(call.value(biasPlace)) : call.given(0)
  }

  func biasGradient(_ call: Call) -> UnsafeMutablePointer<Float>? {
    bias != nil && learns.contains(.bias) ? call.gradient(biasPlace) : nil
  }

  /// The place of b among the parameters.
  private var biasPlace: Int { learns.contains(.weight) ? 1 : 0 }

  /// Masks dy where a ReLU cut, then adds to the gradients of W, b and x.
  ///
  /// One pass over a stripe of dy masks it, sums it for b and packs it for dW.
  public func backward(_ call: Call) {
    let dy = call.outputGradient
    for e in 0..<blocks {
      var column = 0
      while column < outputs {
        let columns = min(Self.stripe, outputs - column)
        weightGradient(of: e, column..<(column + columns), dy, call)
        column += columns
      }
      inputGradient(of: e, dy, call)
    }
  }

  private func weightGradient(of e: Int, _ columns: Range<Int>, _ dy: Rows, _ call: Call) {
    let rows = Int64(call.rows)
    let count = Int64(columns.count)
    let first = e * outputs + columns.lowerBound
    let y = hasRelu ? call.output : nil
    ck_pack_gradient(
      rows, count, dy.base + first, Int64(dy.stride), y.map { $0.base + first },
      Int64(y?.stride ?? 0), biasGradient(call).map { $0 + first },
      call.accumulatesParameters ? 1 : 0, call.scratch)
    guard learns.contains(.weight) else { return }
    let x = call.input(0)
    let flags =
      (call.accumulatesParameters ? CK_ACCUMULATE : 0) | (mask == nil ? 0 : CK_MASK)
    ck_product_transposed(
      Int64(inputs), count, rows, x.base + e * inputs, Int64(x.stride), call.scratch,
      call.gradient(0) + e * inputs * outputs + columns.lowerBound, Int64(outputs),
      call.mask(e).map { $0 + columns.lowerBound }, Int32(flags))
  }

  func inputGradient(of e: Int, _ dy: Rows, _ call: Call) {
    guard let dx = call.inputGradient(0) else { return }
    ck_product(
      Int64(call.rows), Int64(inputs), Int64(outputs), dy.base + e * outputs, Int64(dy.stride),
      call.packedTransposed(e), dx.base + e * inputs, Int64(dx.stride), nil,
      dx.accumulates ? Int32(CK_ACCUMULATE) : 0)
  }
}

extension Variable {
  /// x·W + b, or x·(M ∘ W) + b; see ``Linear``.
  public func linear(
    _ weight: Parameter, bias: Parameter?, mask: Parameter? = nil, blocks: Int = 1, inputs: Int,
    outputs: Int, learns: Linear.Learning = .all
  ) -> Variable {
    graph.record(
      Linear(
        weight: weight, bias: bias, mask: mask, blocks: blocks, inputs: inputs, outputs: outputs,
        learns: learns),
      [self])
  }
}
