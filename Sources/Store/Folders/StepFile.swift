#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// How many steps a run has taken, in eight bytes that a process that is killed leaves behind: what a
/// checkpoint does not know.
///
/// After a power cut it may be older than the truth.
public final class StepFile {
  private let descriptor: Int32

  /// Opens the file of a run's folder to write it, or makes it; nil where that cannot be.
  public init?(_ folder: RunFolder) {
    let opened = open(folder.stepPath, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard opened >= 0 else { return nil }
    descriptor = opened
  }

  deinit { close(descriptor) }

  /// Notes how many steps have been taken; a disk that is full is told of elsewhere.
  public func write(_ step: Int) {
    var number = UInt64(clamping: step).littleEndian
    _ = pwrite(descriptor, &number, 8, 0)
  }

  /// How many steps a run had taken when it was last heard of; nil where that is not known.
  public static func step(of folder: RunFolder) -> Int? {
    let descriptor = open(folder.stepPath, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var number: UInt64 = 0
    guard pread(descriptor, &number, 8, 0) == 8 else { return nil }
    return Int(clamping: UInt64(littleEndian: number))
  }
}

extension RunFolder {
  var stepPath: String { "\(path)/step" }
}
