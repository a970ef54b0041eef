#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// A library for message passing, by the ABI that its programs are built for.
public enum MessageLibrary: String, Sendable, CaseIterable {
  /// Open MPI.
  case openmpi
  /// MPICH, and what has its ABI.
  case mpich

  /// What people call it.
  public var title: String {
    switch self {
    case .openmpi: "Open MPI"
    case .mpich: "MPICH"
    }
  }

  /// The file through which the program speaks to it; `make mpi` builds it.
  public var adapterName: String { "libmtl-tui-ranks-\(rawValue).so" }
}

/// What a message that has come turned out to be; laid out as the adapter writes it.
struct AdaptedMessage {
  var bytes: Int64 = 0
  var tag: Int32 = 0
  var isLonger: Int32 = 0
}

/// The functions of an adapter: bytes over MPI, without a type of MPI in them.
///
/// See Sources/CRanks/adapter.c. It is loaded while the program runs, with its library, whose names all
/// see: Open MPI's plug-ins look for them.
struct MPIAdapter {
  typealias Number = @convention(c) () -> Int32
  typealias Send = @convention(c) (UnsafeRawPointer?, Int64, Int32, Int32) -> Int32
  typealias Receive = @convention(c) (UnsafeMutableRawPointer?, Int64, Int32) -> Int32
  typealias Test = @convention(c) (Int32, UnsafeMutableRawPointer) -> Int32

  let begin: Number
  let rank: Number
  let count: Number
  let send: Send
  let receive: Receive
  let test: Test
  let tag: @convention(c) (Int32) -> Int32
  let abort: @convention(c) (Int32) -> Void
  let end: Number
  private let error: @convention(c) () -> UnsafePointer<CChar>?
  private let library: @convention(c) (UnsafeMutablePointer<CChar>, Int64) -> Void

  /// What the library said last.
  var problem: String { error().map { String(cString: $0) } ?? "nothing was said" }

  /// The library's name and version, its first line.
  var mpiName: String {
    var text = [CChar](repeating: 0, count: 512)
    library(&text, Int64(text.count))
    let bytes = text.prefix { $0 != 0 && $0 != 10 }.map { $0 == 9 ? 32 : UInt8(bitPattern: $0) }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Loads the adapter of a library from the first folder that has it.
  static func load(
    _ library: MessageLibrary, from folders: [String]
  ) throws(RankStartError) -> MPIAdapter {
    let paths = folders.map { "\($0)/\(library.adapterName)" }
    guard let path = paths.first(where: { access($0, R_OK) == 0 }) else {
      throw .noAdapter(library, lookedFor: paths)
    }
    guard let handle = dlopen(path, RTLD_NOW | RTLD_GLOBAL) else {
      throw .unusable(path: path, reason: dlerror().map { String(cString: $0) } ?? "")
    }
    return try MPIAdapter(in: handle, at: path)
  }

  private init(in handle: UnsafeMutableRawPointer, at path: String) throws(RankStartError) {
    func function<Type>(_ name: String, as type: Type.Type) throws(RankStartError) -> Type {
      guard let address = dlsym(handle, "mtl_ranks_\(name)") else {
        throw .unusable(path: path, reason: "it has no function mtl_ranks_\(name)")
      }
      return unsafeBitCast(address, to: type)
    }
    begin = try function("init", as: Number.self)
    rank = try function("rank", as: Number.self)
    count = try function("count", as: Number.self)
    send = try function("send", as: Send.self)
    receive = try function("receive", as: Receive.self)
    test = try function("test", as: Test.self)
    tag = try function("tag", as: (@convention(c) (Int32) -> Int32).self)
    abort = try function("abort", as: (@convention(c) (Int32) -> Void).self)
    end = try function("finalize", as: Number.self)
    error = try function("error", as: (@convention(c) () -> UnsafePointer<CChar>?).self)
    library = try function(
      "library", as: (@convention(c) (UnsafeMutablePointer<CChar>, Int64) -> Void).self)
  }
}
