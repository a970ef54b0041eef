/// One column of row-major numbers, looked at in place: element i lies at `base[i · stride]`.
///
/// A task's labels inside [N, T] are `Strided(labels.base + task, count: N, stride: T)`. The view
/// does not own the memory; use it only while the owner is alive.
@frozen
public struct Strided<Scalar> {
  /// The first element.
  public let base: UnsafePointer<Scalar>
  /// How many elements.
  public let count: Int
  /// How far apart two neighbours are.
  public let stride: Int

  /// Looks at `count` elements, `stride` apart.
  @inlinable
  public init(_ base: UnsafePointer<Scalar>, count: Int, stride: Int = 1) {
    self.base = base
    self.count = count
    self.stride = stride
  }

  /// The element at an index; checked in debug builds.
  @inlinable
  public subscript(index: Int) -> Scalar {
    assert(index >= 0 && index < count)
    return base[index * stride]
  }
}
