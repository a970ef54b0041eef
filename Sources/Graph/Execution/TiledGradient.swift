import Tensors

/// An operation whose parameters' gradient can be computed apart from that of its inputs, in *tiles*:
/// pieces of its columns and rows, each by one thread for all rows of the batch.
///
/// Every number of a tile is the sum that ``Operation/backward(_:)`` computes, over the same rows in the
/// same order, so that the bits do not depend on how many tiles there are. Its inputs' values and the
/// gradient of its output must still be there when all rows have gone backward. Operations that share
/// their parameters, all of them, and their tiles add to a tile one after another, as they go backward.
public protocol TiledGradient: RowByRow {
  /// How many tiles the gradient of the parameters has.
  var tiles: Int { get }
  /// Numbers in a tile.
  func floats(ofTile tile: Int) -> Int
  /// Scratch floats that a tile needs for a block of rows.
  func tileScratch(rows: Int) -> Int
  /// What ``Operation/backward(_:)`` does but for the gradients of parameters; leaves the gradient of
  /// the output as ``backwardTile(_:_:into:)`` reads it.
  func backwardInputs(_ call: Call)
  /// Writes a block's gradient of a tile, or adds it where ``Call/accumulatesParameters`` says so.
  func backwardTile(_ tile: Int, _ call: Call, into target: UnsafeMutablePointer<Float>)
  /// Puts the gradient of a tile where ``Call/gradient(_:)`` has it.
  func storeTile(_ tile: Int, _ call: Call, from source: UnsafePointer<Float>)
}

/// An operation of which a row's output and inputs' gradient depend on that row alone.
///
/// To the bit: however the rows are cut into blocks, and whatever else is in a block. What it adds to
/// ``Call/tallies`` its forward pass adds.
public protocol RowByRow: Operation {}

extension Addition: RowByRow {}
extension AttentionMixture: RowByRow {}
extension Concatenation: RowByRow {}
extension Detach: RowByRow {}
extension Dropout: RowByRow {}
extension Lookup: RowByRow {}
extension Mixture: RowByRow {}
extension Renormalisation: RowByRow {}
extension RowGate: RowByRow {}
extension ScaledDotProduct: RowByRow {}
extension Slice: RowByRow {}
extension TemperedSoftmax: RowByRow {}
