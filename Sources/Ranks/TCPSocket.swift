#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// One end of a TCP connection over IPv4, by its number.
struct TCPSocket: Sendable {
  let number: Int32

  /// Takes connections on all addresses of the machine, or on one, at a port that the system chooses where
  /// it is 0.
  static func listening(
    at text: String = "0.0.0.0", port: UInt16 = 0
  ) throws(RankStartError) -> (socket: TCPSocket, port: UInt16) {
    let socket = try made()
    guard var address = address(text, port: port) else {
      throw .unreachable("\(text) is no address of IPv4")
    }
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let code = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        guard bind(socket.number, pointer, size) == 0, listen(socket.number, 1024) == 0 else {
          return Int32(-1)
        }
        return getsockname(socket.number, pointer, &size)
      }
    }
    guard code == 0 else { throw .unreachable("no port to listen at: \(reason())") }
    return (socket, UInt16(bigEndian: address.sin_port))
  }

  /// Why there is no connection, as the system says it.
  struct Refusal: Error { let words: String }

  /// Connects to an address, if it answers within so many milliseconds.
  static func connected(
    to text: String, port: UInt16, milliseconds: Int32
  ) -> Result<TCPSocket, Refusal> {
    guard var address = address(text, port: port) else {
      return .failure(Refusal(words: "no address of IPv4"))
    }
    guard let socket = try? made() else { return .failure(Refusal(words: reason())) }
    let code = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(socket.number, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    if code == 0 || errno == EINPROGRESS && socket.isConnected(within: milliseconds) {
      return .success(socket)
    }
    let refusal = Refusal(words: reason())
    socket.close()
    return .failure(refusal)
  }

  private static func address(_ text: String, port: UInt16) -> sockaddr_in? {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    return inet_pton(AF_INET, text, &address.sin_addr) == 1 ? address : nil
  }

  /// The next connection, if one comes within so many milliseconds.
  func accepted(within milliseconds: Int32) -> TCPSocket? {
    guard isReady(for: Int16(POLLIN), within: milliseconds) else { return nil }
    let number = accept(number, nil, nil)
    guard number >= 0 else { return nil }
    let socket = TCPSocket(number: number)
    socket.configure()
    return socket
  }

  /// Sends some bytes; what does not fit is left out, and noticed at the other end.
  func send(_ bytes: [UInt8]) {
    #if canImport(Glibc)
      _ = Glibc.send(number, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    #else
      _ = Darwin.send(number, bytes, bytes.count, 0)
    #endif
  }

  /// So many bytes that come within so many milliseconds, all of them; nil where they do not.
  func received(_ count: Int, within milliseconds: Int32) -> [UInt8]? {
    var bytes: [UInt8] = []
    let end = Heartbeat.now() + Double(milliseconds) / 1_000
    while bytes.count < count {
      let left = Int32((end - Heartbeat.now()) * 1_000)
      guard left > 0 else { return nil }
      // A signal ends a wait as well: then there is nothing yet.
      guard isReady(for: Int16(POLLIN), within: left) else { continue }
      guard case .bytes(let more) = read(most: count - bytes.count) else { return nil }
      bytes += more
    }
    return bytes
  }

  /// What a look at a connection finds.
  enum Reading { case bytes([UInt8]), closed }

  /// Reads what is there; no bytes where nothing is.
  func read(most: Int) -> Reading {
    var bytes = [UInt8](repeating: 0, count: most)
    let count = recv(number, &bytes, most, 0)
    if count > 0 { return .bytes(Array(bytes.prefix(count))) }
    return count < 0 && [EAGAIN, EINTR].contains(errno) ? .bytes([]) : .closed
  }

  /// Closes it; its number means nothing any more.
  func close() {
    #if canImport(Glibc)
      _ = Glibc.close(number)
    #else
      _ = Darwin.close(number)
    #endif
  }

  /// The machine's IPv4 addresses, its own name for itself (127.0.0.1) last.
  static func ownAddresses() -> [String] {
    var first: UnsafeMutablePointer<ifaddrs>?
    guard getifaddrs(&first) == 0 else { return ["127.0.0.1"] }
    defer { freeifaddrs(first) }
    var found: [String] = []
    for entry in sequence(first: first, next: { $0?.pointee.ifa_next }) {
      guard let address = entry?.pointee.ifa_addr, Int32(address.pointee.sa_family) == AF_INET
      else { continue }
      var text = [CChar](repeating: 0, count: Int(INET_ADDRSTRLEN))
      address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
        var internet = $0.pointee.sin_addr
        _ = inet_ntop(AF_INET, &internet, &text, socklen_t(INET_ADDRSTRLEN))
      }
      found.append(String(decoding: text.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self))
    }
    return found.filter { !$0.hasPrefix("127.") } + ["127.0.0.1"]
  }

  /// The machine's name.
  static func hostName() -> String {
    var text = [CChar](repeating: 0, count: 256)
    guard gethostname(&text, 255) == 0 else { return "an unnamed machine" }
    return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  private static func made() throws(RankStartError) -> TCPSocket {
    #if canImport(Glibc)
      let number = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #else
      let number = Darwin.socket(AF_INET, SOCK_STREAM, 0)
    #endif
    guard number >= 0 else { throw .unreachable("no socket: \(reason())") }
    let socket = TCPSocket(number: number)
    socket.configure()
    return socket
  }

  /// Nothing waits for it, small messages go at once, and no child process inherits it.
  private func configure() {
    _ = fcntl(number, F_SETFD, FD_CLOEXEC)
    _ = fcntl(number, F_SETFL, fcntl(number, F_GETFL) | O_NONBLOCK)
    var isOn: Int32 = 1
    setsockopt(number, Int32(IPPROTO_TCP), TCP_NODELAY, &isOn, socklen_t(MemoryLayout<Int32>.size))
  }

  private func isConnected(within milliseconds: Int32) -> Bool {
    guard isReady(for: Int16(POLLOUT), within: milliseconds) else {
      errno = ETIMEDOUT
      return false
    }
    var code: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    getsockopt(number, SOL_SOCKET, SO_ERROR, &code, &size)
    errno = code
    return code == 0
  }

  private func isReady(for events: Int16, within milliseconds: Int32) -> Bool {
    var wish = pollfd(fd: number, events: events, revents: 0)
    return poll(&wish, 1, milliseconds) > 0
  }

  private static func reason() -> String { String(cString: strerror(errno)) }
}
