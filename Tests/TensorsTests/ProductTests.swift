import CKernels
import Tensors
import Testing

/// The packed products of every CPU level against plain loops in Double.
@Suite struct ProductTests {
  /// C[m,n] = A[m,k]·B[k,n].
  struct Shape: CustomStringConvertible {
    var m: Int
    var n: Int
    var k: Int
    var description: String { "[\(m), \(k)] · [\(k), \(n)]" }

    /// Edges first, then random ones.
    static func all(seed: UInt64) -> [Shape] {
      let random = RandomSource(seed: seed, .test)
      let edges = [
        Shape(m: 0, n: 5, k: 5), Shape(m: 5, n: 0, k: 5), Shape(m: 1, n: 1, k: 1),
        Shape(m: 3, n: 3, k: 0), Shape(m: 13, n: 33, k: 1), Shape(m: 25, n: 31, k: 7),
        // Several parts of k at every level, outside the panels and, where C is wide, inside.
        Shape(m: 3, n: 20, k: 1700), Shape(m: 7, n: 70, k: 600), Shape(m: 3, n: 260, k: 250),
        Shape(m: 1, n: 800, k: 790),
      ]
      return edges
        + (0..<12).map { (draw: UInt64) in
          Shape(
            m: random.index(below: 30, draw, 0), n: random.index(below: 150, draw, 1),
            k: random.index(below: 40, draw, 2))
        }
    }
  }

  @Test(arguments: Level.all, [UInt64(1), 2]) func product(_ level: Level, seed: UInt64) {
    for shape in Shape.all(seed: seed) {
      let a = Grid(shape.m, shape.k, seed: seed)
      let b = Grid(shape.k, shape.n, seed: seed + 10)
      let bias = Grid(1, shape.n, seed: seed + 20)
      let packed = pack(b, level.kernels)
      let products = plain(a, b)
      for flags in [
        0, CK_ACCUMULATE, CK_BIAS, CK_BIAS | CK_RELU, CK_ACCUMULATE | CK_RELU,
        CK_ACCUMULATE | CK_BIAS | CK_DEEP,
      ] {
        let c = Grid(shape.m, shape.n, seed: seed + 30)
        let expected = finished(products, c.doubles, bias.doubles, flags)
        level.kernels.product(
          Int64(shape.m), Int64(shape.n), Int64(shape.k), a.base, a.distance, packed.base, c.base,
          c.distance, flags & CK_BIAS == 0 ? nil : bias.base, Int32(flags))
        let what = "\(level) \(shape) flags \(flags) seed \(seed)"
        expectClose(c.values, expected, within: 2e-6, what)
        #expect(c.gapsAreWhole, "\(what)")
      }
    }
  }

  @Test(arguments: Level.all, [UInt64(1), 2]) func productOfTranspose(
    _ level: Level, seed: UInt64
  ) {
    for shape in Shape.all(seed: seed + 100) {
      // A is stored as [k, m].
      let a = Grid(shape.k, shape.m, seed: seed)
      let b = Grid(shape.k, shape.n, seed: seed + 10)
      let packed = pack(b, level.kernels)
      let product = plain(a, b, transposed: true)
      for flags in [0, CK_ACCUMULATE, CK_MASK, CK_MASK | CK_ACCUMULATE, CK_ACCUMULATE | CK_DEEP] {
        let c = Grid(shape.m, shape.n, seed: seed + 30)
        let mask = Grid(shape.m, shape.n, seed: seed + 40)
        let kept = flags & CK_MASK == 0 ? product : zip(product, mask.doubles).map { $0 * $1 }
        let expected = finished(kept, c.doubles, [], flags)
        level.kernels.product_transposed(
          Int64(shape.m), Int64(shape.n), Int64(shape.k), a.base, a.distance, packed.base, c.base,
          c.distance, flags & CK_MASK == 0 ? nil : mask.base, Int32(flags))
        let what = "\(level) transposed \(shape) flags \(flags) seed \(seed)"
        expectClose(c.values, expected, within: 2e-6, what)
        #expect(c.gapsAreWhole, "\(what)")
      }
    }
  }

  /// The product of strips has the bits of that of columns, however the strips were filled.
  @Test(arguments: Level.all, [UInt64(1), 2]) func productOfStrips(_ level: Level, seed: UInt64) {
    for shape in Shape.all(seed: seed + 200) {
      let a = Grid(shape.k, shape.m, seed: seed)
      let b = Grid(shape.k, shape.n, seed: seed + 10)
      let packed = pack(b, level.kernels)
      let (strips, count) = strips(a, level.kernels)
      for flags in [0, CK_ACCUMULATE, CK_MASK | CK_ACCUMULATE, CK_DEEP] {
        let (c, d) = (
          Grid(shape.m, shape.n, seed: seed + 30), Grid(shape.m, shape.n, seed: seed + 30)
        )
        let mask = Grid(shape.m, shape.n, seed: seed + 40)
        let base = flags & CK_MASK == 0 ? nil : mask.base
        let (m, n, k) = (Int64(shape.m), Int64(shape.n), Int64(shape.k))
        level.kernels.product_transposed(
          m, n, k, a.base, a.distance, packed.base, c.base, c.distance, base, Int32(flags))
        level.kernels.product_strips(
          m, n, k, strips.base, packed.base, d.base, d.distance, base, Int32(flags))
        let what = "\(level) strips \(shape) flags \(flags) seed \(seed)"
        #expect(c.values == d.values, "\(what)")
        #expect(d.gapsAreWhole, "\(what)")
      }
      // What no number of A lies in stays as it was, and so does what is behind.
      let written = strips.array.filter { $0 != Self.mark }
      #expect(written.count == shape.k * shape.m && a.gapsAreWhole, "\(level) \(shape)")
      #expect(strips.array.dropFirst(count).allSatisfy { $0 == Self.mark }, "\(level) \(shape)")
    }
  }

  private static let mark: Float = -77_777

  /// A in strips, the last rows first, and how many floats they may take.
  private func strips(_ a: Grid, _ kernels: ck_table) -> (Storage<Float>, count: Int) {
    let strip = Int(kernels.strip)
    let lines = (a.rows * strip + 15) / 16 | 1
    let count = (a.columns + strip - 1) / strip * lines * 16
    let strips = Storage<Float>(count: count + 16, filling: Self.mark)
    let middle = a.rows / 3
    for rows in [middle..<a.rows, 0..<0, 0..<middle] {
      kernels.pack_strips(
        Int64(rows.count), Int64(a.columns), a.base + rows.lowerBound * a.stride, a.distance,
        Int64(rows.lowerBound), Int64(a.rows), strips.base)
    }
    return (strips, count)
  }

  /// A packed B holds B's numbers by panel and k, and zeros behind the last column, up to a whole
  /// vector; packing the
  /// transpose of Bᵀ gives the same, and so does packing panel by panel.
  @Test(arguments: Level.all) func packing(_ level: Level) {
    let panel = Int(level.kernels.panel)
    let lanes = level.lanes
    for k in [0, 1, 15, 16, 17, 40] {
      for n in awkwardExtents {
        let b = Grid(k, n, seed: 4)
        let packed = pack(b, level.kernels).array
        let expected = (0..<((n + panel - 1) / panel)).flatMap { part in
          (0..<k).flatMap { row in
            (0..<min(panel, (n - part * panel + lanes - 1) / lanes * lanes)).map {
              column -> Float in
              let at = part * panel + column
              return at < n ? b[row, at] : 0
            }
          }
        }
        #expect(Array(packed.prefix(expected.count)) == expected, "\(level) \(k) × \(n)")
        let turned = Grid(n, k, seed: 5)
        for row in 0..<n { for column in 0..<k { turned[row, column] = b[column, row] } }
        let other = pack(turned, level.kernels, transposed: true).array
        #expect(other == packed, "\(level) \(k) × \(n) transposed")
        checkMasked(b, turned, level)
      }
    }
  }

  /// With a mask, packing packs mask ∘ B, and mask ∘ Bᵀ likewise.
  private func checkMasked(_ b: Grid, _ turned: Grid, _ level: Level) {
    for (matrix, transposed) in [(b, false), (turned, true)] {
      let mask = Grid(matrix.rows, matrix.columns, seed: 6)
      let masked = Grid(matrix.rows, matrix.columns, seed: 7)
      for row in 0..<matrix.rows {
        for column in 0..<matrix.columns {
          masked[row, column] = mask[row, column] * matrix[row, column]
        }
      }
      let found = pack(matrix, level.kernels, mask: mask, transposed: transposed).array
      let expected = pack(masked, level.kernels, transposed: transposed).array
      #expect(found == expected, "\(level) \(b.rows) × \(b.columns) masked, \(transposed)")
    }
  }

  private func pack(
    _ b: Grid, _ kernels: ck_table, mask: Grid? = nil, transposed: Bool = false
  ) -> Storage<Float> {
    let k = Int64(transposed ? b.columns : b.rows)
    let n = Int64(transposed ? b.rows : b.columns)
    let panels = (n + kernels.panel - 1) / kernels.panel
    let packed = Storage<Float>(count: Int(panels * kernels.panel * k), filling: 7)
    for panel in 0..<panels {
      let pack = transposed ? kernels.pack_transposed : kernels.pack
      pack?(k, n, b.base, mask?.base, b.distance, panel, panel + 1, packed.base)
    }
    return packed
  }

  /// A·B or Aᵀ·B in Double.
  private func plain(_ a: Grid, _ b: Grid, transposed: Bool = false) -> [Double] {
    let (x, y) = (Storage(a.doubles), Storage(b.doubles))
    let (m, n, k) = (transposed ? a.columns : a.rows, b.columns, b.rows)
    let sums = Storage<Double>(count: m * n, filling: 0)
    for row in 0..<m {
      for step in 0..<k {
        let factor = x.base[transposed ? step * m + row : row * k + step]
        for column in 0..<n { sums.base[row * n + column] += factor * y.base[step * n + column] }
      }
    }
    return sums.array
  }

  private func finished(
    _ products: [Double], _ before: [Double], _ bias: [Double], _ flags: Int
  ) -> [Double] {
    products.indices.map { place in
      var x = products[place]
      if flags & CK_ACCUMULATE != 0 { x += before[place] }
      if flags & CK_BIAS != 0 { x += bias[place % bias.count] }
      return flags & CK_RELU != 0 ? max(x, 0) : x
    }
  }
}
