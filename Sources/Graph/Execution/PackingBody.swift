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
    /// Which rows of the panels; not all only of a single one.
    var depth: Range<Int>
    var target: UnsafeMutablePointer<Float>
  }

  private var pieces: [Piece] = []
  let memory: Storage<Float>
  private let floats: Int
  private var places: [PackedWeight: (plain: Int, transposed: Int)] = [:]

  /// How many pieces there are.
  var chunks: Int { pieces.count }

  /// Packs pieces of about so many floats.
  init(_ plan: Plan, store: ParameterStore, floats: Int = 16 * 1024) {
    self.floats = floats
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
    // About 64 KiB a piece: a long panel is several, but for a last one that is packed as narrow.
    let step = max(1, floats / (panel * max(1, rows)))
    for first in stride(from: 0, to: panels, by: step) {
      let isCut = step == 1 && (first + 1) * panel <= columns
      let most = isCut ? max(1, floats / panel) : max(1, rows)
      for start in stride(from: 0, to: rows, by: most) {
        pieces.append(
          Piece(
            source: UnsafePointer(store.base(of: weight.parameter) + weight.offset),
            mask: weight.mask.map { UnsafePointer(store.base(of: $0)) }, weight: weight,
            isTransposed: transposed, panels: first..<min(panels, first + step),
            depth: start..<min(rows, start + most),
            target: packed(weight, transposed: transposed)))
      }
    }
  }

  func kind(of chunk: Int) -> WorkKind? { .packing }

  var barrier: Barrier { .packing }

  func run(chunk: Int, thread: Int) {
    let piece = pieces[chunk]
    let (inputs, outputs) = (piece.weight.inputs, piece.weight.outputs)
    let (rows, columns) = piece.isTransposed ? (outputs, inputs) : (inputs, outputs)
    let pack = piece.isTransposed ? ck_pack_transposed : ck_pack
    guard piece.depth.count < rows else {
      return pack(
        Int64(rows), Int64(columns), piece.source, piece.mask, Int64(outputs),
        Int64(piece.panels.lowerBound), Int64(piece.panels.upperBound), piece.target)
    }
    // Some rows of one panel are packed as a matrix of their own.
    let panel = Int(ck_panel())
    let (row, column) = (piece.depth.lowerBound, piece.panels.lowerBound * panel)
    let from = piece.isTransposed ? column * outputs + row : row * outputs + column
    pack(
      Int64(piece.depth.count), Int64(panel), piece.source + from, piece.mask.map { $0 + from },
      Int64(outputs), 0, 1, piece.target + column * rows + row * panel)
  }
}
