internal import CKernels
import Tensors

/// Packs the weights of a plan, a few panels at a time.
struct PackingBody: ParallelBody, ~Copyable {
  private struct Piece {
    var source: UnsafePointer<Float>
    var mask: UnsafePointer<Float>?
    var weight: PackedWeight
    var isTransposed: Bool
    var panels: Range<Int>
    var target: UnsafeMutablePointer<Float>
  }

  private var pieces: [Piece] = []
  private let memory: Storage<Float>
  private var places: [PackedWeight: (plain: Int, transposed: Int)] = [:]

  /// How many pieces there are.
  var chunks: Int { pieces.count }

  init(_ plan: Plan, store: ParameterStore) {
    let weights = plan.order.flatMap { plan.nodes[$0].operation.packed }
    let both = plan.purpose == .training
    var size = 0
    for weight in weights where places[weight] == nil {
      let plain = size
      size += Int(ck_packed_count(Int64(weight.inputs), Int64(weight.outputs)))
      let transposed = size
      if both { size += Int(ck_packed_count(Int64(weight.outputs), Int64(weight.inputs))) }
      places[weight] = (plain, transposed)
    }
    memory = Storage(count: size, filling: 0)
    for weight in Set(weights).sorted(by: { places[$0]?.plain ?? 0 < places[$1]?.plain ?? 0 }) {
      addPieces(of: weight, store: store, transposed: false)
      if both { addPieces(of: weight, store: store, transposed: true) }
    }
  }

  /// Where a packed weight lies.
  func packed(_ weight: PackedWeight, transposed: Bool) -> UnsafeMutablePointer<Float> {
    guard let place = places[weight] else { preconditionFailure("a weight that is not packed") }
    return memory.base + (transposed ? place.transposed : place.plain)
  }

  private mutating func addPieces(of weight: PackedWeight, store: ParameterStore, transposed: Bool)
  {
    let rows = transposed ? weight.outputs : weight.inputs
    let columns = transposed ? weight.inputs : weight.outputs
    let panel = Int(ck_panel())
    let panels = (columns + panel - 1) / panel
    // About 64 KiB a piece.
    let step = max(1, 16384 / (panel * max(1, rows)))
    for first in stride(from: 0, to: panels, by: step) {
      pieces.append(
        Piece(
          source: UnsafePointer(store.base(of: weight.parameter) + weight.offset),
          mask: weight.mask.map { UnsafePointer(store.base(of: $0)) }, weight: weight,
          isTransposed: transposed, panels: first..<min(panels, first + step),
          target: packed(weight, transposed: transposed)))
    }
  }

  func kind(of chunk: Int) -> WorkKind? { .packing }

  var barrier: Barrier { .packing }

  func run(chunk: Int, thread: Int) {
    let piece = pieces[chunk]
    let inputs = Int64(piece.weight.inputs)
    let outputs = Int64(piece.weight.outputs)
    let first = Int64(piece.panels.lowerBound)
    let last = Int64(piece.panels.upperBound)
    if piece.isTransposed {
      ck_pack_transposed(
        outputs, inputs, piece.source, piece.mask, outputs, first, last, piece.target)
    } else {
      ck_pack(inputs, outputs, piece.source, piece.mask, outputs, first, last, piece.target)
    }
  }
}
