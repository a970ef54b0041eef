import CKernels
import Tensors

/// The kernels of one CPU level, called without changing the level that the rest of the program
/// uses: other suites run at the same time.
struct Level: CustomStringConvertible, Sendable {
  let level: CPULevel
  var description: String { level.description }

  /// The kernels.
  var kernels: ck_table {
    guard let table = ck_table_of(level.rawValue) else {
      preconditionFailure("\(level) is not on this machine")
    }
    return table.pointee
  }

  /// Floats in a vector.
  var lanes: Int { [.baseline: 4, .avx2: 8, .avx512: 16][level] ?? 0 }

  /// Every level of this machine.
  static let all = CPULevel.allCases.filter(\.isAvailable).map(Level.init(level:))
}

/// The extents that kernels stumble over: nothing, one, around the widths of vectors and panels.
let awkwardExtents = [0, 1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 48, 63, 64, 65, 130]
