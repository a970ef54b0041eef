public import Tensors

/// Something that is computed row by row, with its gradient beside it.
///
/// An operation is a value without state: where its numbers lie is the plan's business, and reaches
/// it through a ``Call``. Both directions run on a block of rows.
public protocol Operation: Sendable {
  /// A short name for profiles and messages.
  var name: String { get }
  /// What it counts as in profiles.
  var kind: WorkKind { get }
  /// What the gradient needs besides the gradient of the output.
  var keeps: Keeps { get }
  /// The parameters, in the order in which ``Call/value(_:)`` knows them.
  var parameters: [Parameter] { get }
  /// Numbers that are read and not learned, in the order in which ``Call/given(_:)`` knows them.
  var givens: [Parameter] { get }
  /// Running means that it adds to, in the order in which ``Call/sums(_:)`` knows them.
  var averages: [Parameter] { get }
  /// Whether the gradient of the output reaches the inputs.
  var handsOnGradient: Bool { get }
  /// Weights that a product reads in packed form.
  var packed: [PackedWeight] { get }
  /// What the output has rows for; stops the program if the inputs do not fit each other.
  func extent(of inputs: [Extent]) -> Extent
  /// What it reads of a batch besides its inputs.
  var needs: BatchNeeds { get }
  /// Whether it needs other rows of the batch than its own, so that lanes have to meet.
  var meets: Bool { get }
  /// Numbers that every lane of so many rows at most shows to the others before it goes on.
  func meetingWidth(rows: Int) -> Int
  /// Numbers in a row of the output; stops the program if the inputs do not fit.
  func width(of inputs: [Int]) -> Int
  /// Numbers in a row of ``Call/kept``: what the forward pass leaves for its own backward pass.
  func keptWidth(inputs: [Int]) -> Int
  /// Scratch floats that a block of rows needs.
  func scratch(rows: Int) -> Int
  /// Scratch floats that a block needs of so many rows, or entries, and so many of each input.
  func scratch(rows: Int, inputs: [Int]) -> Int
  /// Multiply-adds a row, forward.
  func multiplyAdds(inputs: [Int]) -> Int
  /// Computes the output of a block.
  func forward(_ call: Call)
  /// Adds to the gradients of inputs and parameters.
  func backward(_ call: Call)
  /// Leaves what the other lanes must know before ``forward(_:)``, for all rows of a lane at once.
  func meet(_ call: Call)
  /// Leaves what the other lanes must know before ``backward(_:)``.
  func meetBackward(_ call: Call)
}

extension Operation {
  /// A pass over values.
  public var kind: WorkKind { .elementwise }
  /// No parameters.
  public var parameters: [Parameter] { [] }
  /// Nothing is given.
  public var givens: [Parameter] { [] }
  /// No running means.
  public var averages: [Parameter] { [] }
  /// It does.
  public var handsOnGradient: Bool { true }
  /// No packed weights.
  public var packed: [PackedWeight] { [] }
  /// Nothing but its inputs.
  public var needs: BatchNeeds { BatchNeeds() }
  /// No meeting.
  public var meets: Bool { false }
  /// Nothing to show.
  public func meetingWidth(rows: Int) -> Int { 0 }
  /// Nothing to leave.
  public func meet(_ call: Call) {}
  /// Nothing to leave.
  public func meetBackward(_ call: Call) {}
  /// What all inputs have rows for; without inputs, the rows of the batch.
  public func extent(of inputs: [Extent]) -> Extent { .common(inputs, for: name) }
  /// Nothing kept.
  public func keptWidth(inputs: [Int]) -> Int { 0 }
  /// No scratch.
  public func scratch(rows: Int) -> Int { 0 }
  /// What the rows of the output need.
  public func scratch(rows: Int, inputs: [Int]) -> Int { scratch(rows: rows) }
  /// None counted.
  public func multiplyAdds(inputs: [Int]) -> Int { 0 }
}

/// What the gradient of an operation reads.
public struct Keeps: OptionSet, Sendable {
  /// The option's bits.
  public let rawValue: UInt8
  /// Options from bits.
  public init(rawValue: UInt8) { self.rawValue = rawValue }
  /// The inputs' values.
  public static let inputs = Keeps(rawValue: 1)
  /// The output's values.
  public static let output = Keeps(rawValue: 2)
}

/// A weight block that is packed once a step: W [inputs, outputs] at an offset of a parameter.
public struct PackedWeight: Sendable, Hashable {
  /// The parameter.
  public var parameter: Parameter
  /// What it is multiplied by, element by element; nil for nothing.
  public var mask: Parameter?
  /// Where W starts in it.
  public var offset: Int
  /// Rows of W.
  public var inputs: Int
  /// Columns of W.
  public var outputs: Int

  /// Names a block of weights.
  public init(parameter: Parameter, mask: Parameter?, offset: Int, inputs: Int, outputs: Int) {
    self.parameter = parameter
    self.mask = mask
    self.offset = offset
    self.inputs = inputs
    self.outputs = outputs
  }
}

/// Rows of numbers in memory; `advance` is the distance of rows where the memory spans the whole
/// batch, and 0 where it is reused for every block.
public struct View {
  var base: UnsafeMutablePointer<Float>?
  var stride: Int
  var advance: Int
}

/// Rows of numbers that an operation reads or writes.
public struct Rows {
  /// The first number of the block.
  public let base: UnsafeMutablePointer<Float>
  /// The distance of rows in floats.
  public let stride: Int
}

/// Where a gradient goes.
public struct GradientRows {
  /// The first number of the block.
  public let base: UnsafeMutablePointer<Float>
  /// The distance of rows in floats.
  public let stride: Int
  /// Whether somebody has written there already: add then, else overwrite.
  public let accumulates: Bool
  /// The numbers themselves.
  var rows: Rows { Rows(base: base, stride: stride) }
}

/// One operation on one block of rows: where everything lies.
public struct Call {
  /// Rows of the output in the block, or entries.
  public let rows: Int
  /// The number of the block's first row, or entry, in the batch.
  public let firstRow: Int
  /// Which entry of each row, where rows have several side by side; the operation is called once an
  /// entry, one after another.
  public let entry: Int
  /// What there is of each extent in the block, by ``Span/slot(of:)``.
  let spans: UnsafePointer<Span>
  /// The whole batch.
  public let batch: Batch
  /// Memory of the thread, as much as ``Operation/scratch(rows:)`` asked for.
  public let scratch: UnsafeMutablePointer<Float>
  /// Factors that are given for the run: roots scale what they hand back by them, each by its own.
  public let scales: UnsafePointer<Float>
  /// What operations add up over the rows of this lane, besides their outputs; each knows which numbers
  /// are its own, and ``Executor/tally(_:rows:)`` adds the lanes in order.
  public let tallies: UnsafeMutablePointer<Double>
  /// Whether parameter gradients of this lane and section hold numbers already.
  public let accumulatesParameters: Bool

  /// Whether the operation's backward pass adds to the tallies, and its forward pass may do nothing:
  /// nobody reads its tallies or its output between both.
  ///
  /// Forward and backward of a block see the same, but for the backward passes of further sections.
  public let descends: Bool

  /// Whether no backward pass behind this one reads ``kept``, so that this one may write over it.
  public let endsKept: Bool

  /// Which lane of the batch this is.
  public let lane: Int
  /// How many lanes the batch has.
  public let lanes: Int

  let operation: UnsafePointer<CompiledOperation>
  let accumulates: UnsafePointer<Bool>
  let values: UnsafePointer<View>
  let keptRows: UnsafePointer<View>
  let gradients: UnsafePointer<View>
  let laneGradient: UnsafeMutablePointer<Float>
  let laneAverages: UnsafeMutablePointer<Float>
  let meetings: Meetings

  /// The block's rows of the i-th input.
  public func input(_ i: Int) -> Rows {
    rows(
      values[operation.pointee.inputs[i]], first: firstRow(of: i), width: inputWidth(i))
  }

  /// The block's rows of the output.
  public var output: Rows {
    rows(values[operation.pointee.node], first: firstRow, width: outputWidth)
  }

  /// The block's rows of what forward leaves for backward, ``Operation/keptWidth(inputs:)`` numbers
  /// each; backward finds them as forward left them.
  public var kept: Rows {
    rows(
      keptRows[operation.pointee.node], first: firstRow, width: operation.pointee.keptWidth)
  }

  /// The block's rows of the output's gradient.
  public var outputGradient: Rows {
    rows(
      gradients[operation.pointee.node], first: firstRow, width: outputWidth)
  }

  /// Where the gradient of the i-th input goes; nil if nobody wants it.
  public func inputGradient(_ i: Int) -> GradientRows? {
    let view = gradients[operation.pointee.inputs[i]]
    guard let base = view.base else { return nil }
    return GradientRows(
      base: base + firstRow(of: i) * view.advance + entry * inputWidth(i), stride: view.stride,
      accumulates: accumulates[i])
  }

  /// Rows of the i-th input in the block, or entries.
  public func rows(of i: Int) -> Int {
    let slot = operation.pointee.inputSlots[i]
    return slot < 0 ? 1 : spans[slot].count
  }

  private func firstRow(of i: Int) -> Int { spans[max(0, operation.pointee.inputSlots[i])].first }

  /// Numbers in a row of the output.
  public var outputWidth: Int { operation.pointee.width }

  /// How many inputs there are.
  public var inputCount: Int { operation.pointee.inputCount }

  /// Numbers in a row of the i-th input.
  public func inputWidth(_ i: Int) -> Int { operation.pointee.inputWidths[i] }

  /// The first number of the i-th parameter.
  public func value(_ i: Int) -> UnsafePointer<Float> { operation.pointee.values[i] }

  /// Where the rows of the i-th parameter lie, a table, by id and counted from 1; nil: in the order of ids.
  func slots(_ i: Int) -> UnsafePointer<Int32>? { operation.pointee.slots[i] }

  /// The first of the i-th given numbers.
  public func given(_ i: Int) -> UnsafePointer<Float> { operation.pointee.givens[i] }

  /// What this lane adds up for the i-th running mean: forward adds its rows.
  public func sums(_ i: Int) -> UnsafeMutablePointer<Float> {
    laneAverages + operation.pointee.averageOffsets[i]
  }

  /// What a lane shows to the others, ``Operation/meetingWidth`` numbers.
  public func meeting(ofLane lane: Int) -> UnsafeMutablePointer<Float> {
    meetings.base + lane * meetings.stride + operation.pointee.meetingOffset
  }

  /// The gradient of the i-th parameter in this lane.
  public func gradient(_ i: Int) -> UnsafeMutablePointer<Float> {
    laneGradient + operation.pointee.gradientOffsets[i]
  }

  /// The first number of the i-th packed weight's mask; nil without a mask.
  public func mask(_ i: Int) -> UnsafePointer<Float>? { operation.pointee.masks[i] }

  /// The i-th packed weight, for x·W.
  public func packed(_ i: Int) -> UnsafePointer<Float> {
    UnsafePointer(operation.pointee.packed[i])
  }

  /// The i-th packed weight, for dy·Wᵀ.
  public func packedTransposed(_ i: Int) -> UnsafePointer<Float> {
    UnsafePointer(operation.pointee.packedTransposed[i])
  }

  /// The block's part of the batch's index; nil if rows are in order from the batch's start.
  public var index: UnsafePointer<Int32>? { batch.index.map { $0 + firstRow } }

  private func rows(_ view: View, first: Int, width: Int) -> Rows {
    guard let base = view.base else { preconditionFailure("a value that the plan dropped is read") }
    return Rows(base: base + first * view.advance + entry * width, stride: view.stride)
  }
}

/// An operation with all its addresses but those that change from block to block.
struct CompiledOperation {
  let operation: any Operation
  /// The same where the gradient of its parameters is computed in tiles; else nil.
  let tiled: (any TiledGradient)?
  let node: Int
  let inputCount: Int
  let width: Int
  let keptWidth: Int
  /// Entries of a row that lie side by side: it is called for each of them.
  let entries: Int
  /// Where its extent's span stands.
  let slot: Int
  /// Where those of the inputs stand.
  let inputSlots: UnsafeMutablePointer<Int>
  /// By section, whether another operation has written the gradients of its parameters before it.
  let followsSameParameters: UnsafeMutablePointer<Bool>
  let inputs: UnsafeMutablePointer<Int>
  let inputWidths: UnsafeMutablePointer<Int>
  /// By section and input, whether somebody has added to the input's gradient before it.
  let accumulates: UnsafeMutablePointer<Bool>
  let values: UnsafeMutablePointer<UnsafePointer<Float>>
  /// By parameter, 1 + where the row of an id lies; nil: rows lie in the order of ids.
  let slots: UnsafeMutablePointer<UnsafePointer<Int32>?>
  let gradientOffsets: UnsafeMutablePointer<Int>
  let averageOffsets: UnsafeMutablePointer<Int>
  /// Where its numbers start in what a lane shows to the others.
  let meetingOffset: Int
  let givens: UnsafeMutablePointer<UnsafePointer<Float>>
  let masks: UnsafeMutablePointer<UnsafePointer<Float>?>
  let packed: UnsafeMutablePointer<UnsafeMutablePointer<Float>>
  let packedTransposed: UnsafeMutablePointer<UnsafeMutablePointer<Float>>
}
