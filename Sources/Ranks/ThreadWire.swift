internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// A wire between ranks that are threads of one process.
///
/// A message is copied once, from the sender's memory into the receiver's, when both have come; a step
/// allocates nothing after the first. Whoever waits gives way to other threads, so that more ranks than cores
/// make progress.
public final class ThreadWire: Wire, Sendable {
  /// The number of this rank.
  public let rank: Int
  /// How many ranks there are.
  public var count: Int { hub.count }

  private let hub: Hub

  private init(rank: Int, hub: Hub) {
    self.rank = rank
    self.hub = hub
  }

  /// The ends of a wire between so many ranks, by rank.
  public static func ends(count: Int) -> [ThreadWire] {
    precondition(count > 0, "a wire of \(count) ranks")
    let hub = Hub(count: count)
    return (0..<count).map { ThreadWire(rank: $0, hub: hub) }
  }

  /// Begins to send.
  public func send(_ bytes: UnsafeRawBufferPointer, to other: Int, tag: Int32) throws(RankError)
    -> WireRequest
  {
    try hub.post(
      Post(
        from: rank, to: other, tag: tag, address: Int(bitPattern: bytes.baseAddress),
        count: bytes.count, isSend: true))
  }

  /// Begins to receive.
  public func receive(into bytes: UnsafeMutableRawBufferPointer, from other: Int, tag: Int32)
    throws(RankError) -> WireRequest
  {
    try hub.post(
      Post(
        from: other, to: rank, tag: tag, address: Int(bitPattern: bytes.baseAddress),
        count: bytes.count, isSend: false))
  }

  /// Waits until a request is done.
  public func wait(for request: WireRequest) throws(RankError) {
    var looks = 0
    while try !hub.isDone(request) {
      looks += 1
      if looks < Self.looksBeforeSleep { sched_yield() } else { usleep(50) }
    }
  }

  /// Whether a request is done.
  public func isDone(_ request: WireRequest) throws(RankError) -> Bool {
    try hub.isDone(request)
  }

  /// Tells all who wait for this rank, now or later, that it has ended.
  public func leave() { hub.leave(rank) }

  /// After so many looks a rank sleeps between them.
  private static let looksBeforeSleep = 200
}

/// One half of a message that waits for the other.
private struct Post {
  var number: UInt64 = 0
  let from: Int
  let to: Int
  let tag: Int32
  let address: Int
  let count: Int
  let isSend: Bool
  var isDone = false

  /// The rank that has made it.
  var own: Int { isSend ? from : to }

  /// Whether it is the other half of a message, and waits.
  func meets(_ other: Post) -> Bool {
    !isDone && isSend != other.isSend && from == other.from && to == other.to
  }

  /// What ranks call it.
  var name: String { "tag \(tag), \(count) bytes" }
}

/// What the ends of a wire share.
private final class Hub: Sendable {
  private struct State {
    /// In the order in which they came.
    var posts: [Post] = []
    var next: UInt64 = 0
    /// Those that have ended.
    var lost: Set<Int> = []
    var unlike: RankError?
  }

  let count: Int
  private let state = Mutex(State())
  /// Messages that a rank begins and has not seen through; more make the list grow, once.
  private static let mostPostsOfRank = 64

  init(count: Int) {
    self.count = count
    // How many messages lie here at once depends on who comes first; the list must never grow in a step.
    state.withLock { $0.posts.reserveCapacity(Self.mostPostsOfRank * count) }
  }

  func post(_ post: Post) throws(RankError) -> WireRequest {
    precondition(
      (0..<count).contains(post.from) && (0..<count).contains(post.to) && post.from != post.to,
      "a message from rank \(post.from) to \(post.to) of \(count)")
    let made: Result<WireRequest, RankError> = state.withLock { state in
      if let error = Self.failure(state, of: post) { return .failure(error) }
      var own = post
      own.number = state.next
      state.next += 1
      let other = state.posts.firstIndex { $0.meets(own) }
      guard let other else {
        state.posts.append(own)
        return .success(WireRequest(number: own.number))
      }
      let (sent, expected) = own.isSend ? (own, state.posts[other]) : (state.posts[other], own)
      guard sent.tag == expected.tag, sent.count == expected.count else {
        let error = RankError.unlike(expected: expected.name, found: sent.name, from: sent.from)
        state.unlike = error
        return .failure(error)
      }
      Self.copy(sent, expected)
      own.isDone = true
      state.posts[other].isDone = true
      state.posts.append(own)
      return .success(WireRequest(number: own.number))
    }
    return try made.get()
  }

  /// Whether a request is done; one that is done is forgotten.
  func isDone(_ request: WireRequest) throws(RankError) -> Bool {
    let found: Result<Bool, RankError> = state.withLock { state in
      guard let index = state.posts.firstIndex(where: { $0.number == request.number }) else {
        preconditionFailure("a request that nobody has made, or that was waited for before")
      }
      if state.posts[index].isDone {
        state.posts.remove(at: index)
        return .success(true)
      }
      return Self.failure(state, of: state.posts[index]).map { .failure($0) } ?? .success(false)
    }
    return try found.get()
  }

  func leave(_ rank: Int) {
    state.withLock { state in
      state.lost.insert(rank)
      // Memory of what it has not seen through may be gone.
      state.posts.removeAll { $0.own == rank && !$0.isDone }
    }
  }

  /// Why a message never comes: ranks are not at the same place, or the other one has ended.
  private static func failure(_ state: State, of post: Post) -> RankError? {
    if let unlike = state.unlike { return unlike }
    let other = post.isSend ? post.to : post.from
    return state.lost.contains(other) ? .lost(rank: other) : nil
  }

  private static func copy(_ sent: Post, _ expected: Post) {
    guard sent.count > 0, let from = UnsafeRawPointer(bitPattern: sent.address),
      let to = UnsafeMutableRawPointer(bitPattern: expected.address)
    else { return }
    to.copyMemory(from: from, byteCount: sent.count)
  }
}
