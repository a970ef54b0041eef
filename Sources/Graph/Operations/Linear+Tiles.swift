internal import CKernels
import Tensors

/// The gradient of W and b in tiles: some columns of an E-th block, and some of its rows.
///
/// A tile is stored row after row without gaps, behind them that of b in the tile of the first rows.
extension Linear: TiledGradient {
  /// Columns of a tile at most; a multiple of every panel but the last of a block.
  static let tileColumns = 64
  /// Rows of W in a tile at most.
  static let tileInputs = 192

  private struct Tile {
    let block: Int
    let rows: Range<Int>
    let columns: Range<Int>
    let hasBias: Bool
  }

  /// Tiles of a block side by side.
  private var across: Int { (outputs + Self.tileColumns - 1) / Self.tileColumns }
  /// Tiles of a block one below the other: one, without rows, where b learns alone.
  private var down: Int {
    learns.contains(.weight) ? (inputs + Self.tileInputs - 1) / Self.tileInputs : 1
  }
  private var learnsBias: Bool { bias != nil && learns.contains(.bias) }

  /// E times those of a block; none where nothing learns.
  public var tiles: Int { parameters.isEmpty ? 0 : blocks * across * down }

  private func tile(_ number: Int) -> Tile {
    let (row, first) = (number / across % down, number % across * Self.tileColumns)
    let rows = learns.contains(.weight) ? inputs : 0
    return Tile(
      block: number / (across * down), rows: (rows * row / down)..<(rows * (row + 1) / down),
      columns: first..<min(outputs, first + Self.tileColumns), hasBias: learnsBias && row == 0)
  }

  /// Those of W and b.
  public func floats(ofTile number: Int) -> Int {
    let tile = tile(number)
    return tile.rows.count * tile.columns.count + (tile.hasBias ? tile.columns.count : 0)
  }

  /// What dy is packed into, and a tile of the mask.
  public func tileScratch(rows: Int) -> Int {
    let columns = min(Self.tileColumns, (outputs + 15) & ~15)
    return columns * (rows + (mask == nil ? 0 : min(Self.tileInputs, inputs)))
  }

  /// Masks dy where a ReLU cut, then adds to the gradient of x.
  public func backwardInputs(_ call: Call) {
    let dy = call.outputGradient
    if hasRelu {
      let y = call.output
      ck_relu_backward(
        Int64(call.rows), Int64(call.outputWidth), y.base, Int64(y.stride), dy.base,
        Int64(dy.stride), dy.base, Int64(dy.stride), 0)
    }
    for e in 0..<blocks { inputGradient(of: e, dy, call) }
  }

  /// Sums a block of rows' dy for b, packs it, and multiplies it by xᵀ for W.
  public func backwardTile(
    _ number: Int, _ call: Call, into target: UnsafeMutablePointer<Float>
  ) {
    let tile = tile(number)
    let (dy, x) = (call.outputGradient, call.input(0))
    let (rows, count) = (Int64(call.rows), Int64(tile.columns.count))
    let bias = tile.hasBias ? target + tile.rows.count * tile.columns.count : nil
    ck_pack_gradient(
      rows, count, dy.base + tile.block * outputs + tile.columns.lowerBound, Int64(dy.stride), nil,
      0, bias, call.accumulatesParameters ? 1 : 0, call.scratch)
    guard learns.contains(.weight) else { return }
    let mask = copyMask(tile, call)
    let flags =
      (call.accumulatesParameters ? CK_ACCUMULATE : 0) | (mask == nil ? 0 : CK_MASK)
    ck_product_transposed(
      Int64(tile.rows.count), count, rows,
      x.base + tile.block * inputs + tile.rows.lowerBound, Int64(x.stride), call.scratch, target,
      count, mask, Int32(flags))
  }

  /// The mask of a tile, laid out as the tile.
  private func copyMask(_ tile: Tile, _ call: Call) -> UnsafePointer<Float>? {
    guard mask != nil, let whole = call.mask(tile.block) else { return nil }
    let columns = tile.columns.count
    let own = call.scratch + call.rows * ((columns + 15) & ~15)
    for row in tile.rows {
      (own + (row - tile.rows.lowerBound) * columns).update(
        from: whole + row * outputs + tile.columns.lowerBound, count: columns)
    }
    return UnsafePointer(own)
  }

  /// Spreads the rows of a tile over those of W.
  public func storeTile(_ number: Int, _ call: Call, from source: UnsafePointer<Float>) {
    let tile = tile(number)
    let columns = tile.columns.count
    if learns.contains(.weight) {
      let weight = call.gradient(0) + tile.block * inputs * outputs + tile.columns.lowerBound
      for row in tile.rows {
        let place = row - tile.rows.lowerBound
        (weight + row * outputs).update(from: source + place * columns, count: columns)
      }
    }
    guard tile.hasBias, let bias = biasGradient(call) else { return }
    (bias + tile.block * outputs + tile.columns.lowerBound).update(
      from: source + tile.rows.count * columns, count: columns)
  }
}
