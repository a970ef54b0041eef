#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Which ranks of a run have come on this machine, before any can speak to another: a file each, with the
/// number of its process, in a folder that no other run has.
struct Arrivals: Sendable {
  let rank: Int
  let folder: String

  /// Those of a run that its launcher gives a name; nil where the folder cannot be had.
  init?(of job: String, rank: Int, in parent: String? = nil) {
    let parent = parent ?? getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    let name = String(job.map { $0.isLetter || $0.isNumber || $0 == "." ? $0 : "-" })
    self.rank = rank
    folder = "\(parent)/mtl-tui-ranks-\(getuid())-\(name)"
    // One that somebody else has made there says what somebody else wants.
    var found = stat()
    guard mkdir(folder, 0o700) == 0 || errno == EEXIST, lstat(folder, &found) == 0,
      found.st_mode & S_IFMT == S_IFDIR, found.st_uid == getuid()
    else { return nil }
  }

  /// Notes that this rank has come.
  func come() {
    guard let file = fopen("\(folder)/\(rank)", "w") else { return }
    let number = "\(getpid())"
    fwrite(number, 1, number.utf8.count, file)
    fclose(file)
  }

  /// Those that have come and are still there, in their order.
  func ranks(of count: Int) -> [Int] {
    (0..<count).filter { rank in
      guard let file = fopen("\(folder)/\(rank)", "r") else { return false }
      defer { fclose(file) }
      var text = [CChar](repeating: 0, count: 32)
      guard fgets(&text, 31, file) != nil, case let process = atoi(text), process > 0 else {
        return false
      }
      return kill(process, 0) == 0 || errno == EPERM
    }
  }

  /// Takes all notes back: the run ends, and whoever is ended by its launcher does not.
  func clear(of count: Int) {
    for rank in 0..<count { unlink("\(folder)/\(rank)") }
    rmdir(folder)
  }

  /// Takes the note back; the last one takes the folder with it.
  func leave() {
    unlink("\(folder)/\(rank)")
    rmdir(folder)
  }
}

/// Ranks that have not all met in the time that they have, seen from one machine.
public struct LateRanks: Sendable, Hashable {
  /// How many were started.
  public let count: Int
  /// This machine.
  public let host: String
  /// Those that have come here, in their order.
  public let came: [Int]
  /// How many are to come here; nil: the launcher does not say.
  public let here: Int?
  /// Seconds that they had.
  public let seconds: Int

  /// What one machine knows of late ranks.
  public init(count: Int, host: String, came: [Int], here: Int?, seconds: Int) {
    (self.count, self.host, self.came, self.here, self.seconds) = (count, host, came, here, seconds)
  }

  /// Whether some that are to come here have not.
  private var lacksSome: Bool { came.count < (here ?? count) }

  /// Seconds after which a rank says it; nil: it ends behind those that do, silently.
  ///
  /// First where ranks are missing, by the lowest that is there; then by rank 0; then by the lowest of any
  /// other machine.
  func delay(of rank: Int) -> Double? {
    if came.first == rank { return lacksSome ? 0 : rank == 0 ? 2 : 4 }
    return rank == 0 ? 2 : nil
  }

  /// What is known of those that are missing.
  var words: String {
    let all = Set(0..<count)
    let names = Self.list(came)
    if came.count == count { return "all have come on \(host), and the library connects them not" }
    let missing = Self.list(all.subtracting(came).sorted())
    guard let here else { return "on \(host) came \(names); not seen here: \(missing)" }
    if here == count {
      let verb = count - came.count == 1 ? "has" : "have"
      return "\(missing) \(verb) not come; on \(host) came \(names)"
    }
    return lacksSome
      ? "of the \(here) that start on \(host) only came: \(names)"
      : "all \(here) of \(host) have come: \(names); of the others none is seen from here"
  }

  private static func list(_ ranks: [Int]) -> String {
    let shown = ranks.prefix(16).map(String.init).joined(separator: ", ")
    return (ranks.count == 1 ? "rank " : "ranks ") + shown + (ranks.count > 16 ? ", …" : "")
  }
}
