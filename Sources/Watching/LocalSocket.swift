#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A Unix socket in a run's folder: one end of it, by its number.
///
/// Nothing here waits. The folder is the person's own and so is the socket in it; who connects is
/// asked for besides.
struct LocalSocket {
  /// The file in a run's folder.
  static let name = "socket"

  let number: Int32

  /// Closes it; its number means nothing any more.
  func close() { _ = closeDescriptor(number) }

  // MARK: - Making

  /// A socket that takes connections, in place of one that nobody serves any more.
  static func listening(in folder: String) throws(WatchError) -> LocalSocket {
    do throws(WatchError) {
      try connected(to: folder).close()
      throw .occupied(folder: folder)
    } catch .nobody { remove(at: "\(folder)/\(name)") }
    let socket = try made()
    do throws(WatchError) {
      let code = try withAddress(in: folder) { bind(socket.number, $0, $1) }
      guard code == 0 else { throw Self.failure(in: folder) }
      guard chmod("\(folder)/\(name)", 0o600) == 0, listen(socket.number, 128) == 0 else {
        throw Self.failure(in: folder)
      }
    } catch {
      socket.close()
      throw error
    }
    return socket
  }

  /// A connection to whoever serves the run of a folder.
  static func connected(to folder: String) throws(WatchError) -> LocalSocket {
    let socket = try made()
    do throws(WatchError) {
      let code = try withAddress(in: folder) { connect(socket.number, $0, $1) }
      guard code == 0 else { throw Self.failure(in: folder) }
      guard socket.peer == geteuid() else { throw .otherPerson(folder: folder) }
    } catch {
      socket.close()
      throw error
    }
    return socket
  }

  /// The next connection that waits; nil if none does.
  func accepted() -> LocalSocket? {
    let number = accept(number, nil, nil)
    guard number >= 0 else { return nil }
    let socket = LocalSocket(number: number)
    socket.configure()
    return socket
  }

  /// Whether the last call that gave no socket failed for want of a number for it.
  static var lacksNumbers: Bool { [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(errno) }

  private static func made() throws(WatchError) -> LocalSocket {
    #if canImport(Glibc)
      let number = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    #else
      let number = Darwin.socket(AF_UNIX, SOCK_STREAM, 0)
    #endif
    guard number >= 0 else { throw .system("a socket", reason: reason(errno)) }
    let socket = LocalSocket(number: number)
    socket.configure()
    return socket
  }

  /// Nothing waits for it, and no child process inherits it.
  private func configure() {
    _ = fcntl(number, F_SETFD, FD_CLOEXEC)
    _ = fcntl(number, F_SETFL, fcntl(number, F_GETFL) | O_NONBLOCK)
    #if canImport(Darwin)
      var isOn: Int32 = 1
      setsockopt(number, SOL_SOCKET, SO_NOSIGPIPE, &isOn, socklen_t(MemoryLayout<Int32>.size))
    #endif
  }

  private static func failure(in folder: String) -> WatchError {
    switch errno {
    // A queue of connections that is full belongs to somebody who serves it.
    case EAGAIN: .noAnswer(folder: folder)
    case ECONNREFUSED,
      ENOENT where access(folder, F_OK) == 0:
      .nobody(folder: folder)
    case let code: .folder(folder, reason: reason(code))
    }
  }

  /// Takes a socket out of its folder.
  static func remove(at path: String) { _ = unlink(path) }

  static func reason(_ code: Int32) -> String { String(cString: strerror(code)) }

  // MARK: - Who is there

  /// The person whose process is at the other end; nil where the system does not say.
  var peer: uid_t? {
    #if canImport(Glibc)
      // struct ucred: pid, uid, gid.
      var credentials: (pid_t, uid_t, gid_t) = (0, 0, 0)
      var size = socklen_t(MemoryLayout.size(ofValue: credentials))
      guard getsockopt(number, SOL_SOCKET, SO_PEERCRED, &credentials, &size) == 0 else {
        return nil
      }
      return credentials.1
    #else
      var (user, group) = (uid_t(0), gid_t(0))
      return getpeereid(number, &user, &group) == 0 ? user : nil
    #endif
  }

  // MARK: - Bytes

  /// What a read or a write came to.
  enum Outcome: Equatable {
    case bytes(Int)
    case wouldWait
    case ended
  }

  /// Reads what is there, as far as there is room.
  func read(into room: UnsafeMutableRawBufferPointer) -> Outcome {
    outcome { recv(number, room.baseAddress, room.count, 0) }
  }

  /// Writes as much as is taken at once.
  func write(_ bytes: UnsafeRawBufferPointer) -> Outcome {
    #if canImport(Glibc)
      let flags = Int32(MSG_NOSIGNAL)
    #else
      let flags: Int32 = 0
    #endif
    return outcome { send(number, bytes.baseAddress, bytes.count, flags) }
  }

  private func outcome(_ call: () -> Int) -> Outcome {
    while true {
      let count = call()
      if count > 0 { return .bytes(count) }
      if count == 0 { return .ended }
      switch errno {
      case EINTR: continue
      case EAGAIN: return .wouldWait
      default: return .ended
      }
    }
  }
}

// MARK: - The address

extension LocalSocket {
  /// Calls with the address of the socket in a folder.
  ///
  /// A path of any length is possible where an open folder has a short name of its own.
  private static func withAddress(
    in folder: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) throws(WatchError) -> Int32 {
    var address = sockaddr_un()
    let most = MemoryLayout.size(ofValue: address.sun_path) - 1
    var path = "\(folder)/\(name)"
    var directory: Int32 = -1
    if path.utf8.count > most {
      #if canImport(Glibc)
        directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw .folder(folder, reason: reason(errno)) }
        path = "/proc/self/fd/\(directory)/\(name)"
      #else
        throw .tooLong(path: folder, most: most - name.utf8.count - 1)
      #endif
    }
    defer { if directory >= 0 { _ = closeDescriptor(directory) } }
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    return withUnsafePointer(to: address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
  }
}

private func closeDescriptor(_ number: Int32) -> Int32 { close(number) }
