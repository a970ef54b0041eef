internal import CKernels

/// The instructions that kernels use, chosen when the program starts: the widest this machine has.
///
/// The same seed gives the same bits at the same level; levels differ in the order of their sums.
public enum CPULevel: Int32, Sendable, CaseIterable, CustomStringConvertible {
  /// Four lanes: any x86-64 (SSE2) or arm64 (NEON).
  case baseline = 0
  /// AVX2 and FMA, eight lanes.
  case avx2 = 1
  /// AVX-512, sixteen lanes.
  case avx512 = 2

  /// The level in use.
  public static var current: CPULevel { CPULevel(rawValue: ck_level()) ?? .baseline }

  /// Whether this machine has the level.
  public var isAvailable: Bool { ck_has(rawValue) == 1 }

  /// Uses the level from now on; false, and nothing changes, if the machine lacks it.
  ///
  /// Packed weights depend on the level: change it only while no plan is alive.
  @discardableResult public static func use(_ level: CPULevel) -> Bool {
    ck_use(level.rawValue) == 1
  }

  /// `baseline`, `avx2`, `avx512`.
  public var description: String { String(cString: ck_level_name(rawValue)) }
}
