internal import CKernels

extension Plan {
  /// Bytes that running the plan takes besides parameters and their gradients.
  ///
  /// These are the arenas of the threads, packed weights, and what is kept for the whole batch. Nothing
  /// is taken to say so.
  public func bytes(threads: Int) -> Double {
    func sum(_ numbers: some Sequence<Double>) -> Double { numbers.reduce(0, +) }
    let scratch = order.map { nodes[$0].operation.scratch(rows: blockRows) }.max() ?? 0
    let tiles = schedule == .pieces ? TileBody.scratch(self) : 0
    let arenas = Double(threads) * (Double(places.size) + Double(scratch + tiles))
    let kept = sum(outputs.map { Double(capacity) * Double($0.width) })
    let gradients = LookupGradients.floats(of: self)
    let spanning = Double(spanningFloats)
    let both = purpose == .training ? 2.0 : 1
    let packed = sum(
      Set(order.flatMap { nodes[$0].operation.packed }).map {
        both * Double(ck_packed_count(Int64($0.inputs), Int64($0.outputs)))
      })
    return 4 * (arenas + kept + spanning + gradients + packed)
  }
}
