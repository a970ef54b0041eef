import Dispatch
import Foundation
import Ranks
import Synchronization
import Tensors

/// Ranks that are threads of this process.
enum RankThreads {
  private final class Found<Value: Sendable>: Sendable {
    let values = Mutex<[Int: Result<Value, any Error>]>([:])
  }

  /// What each of so many ranks comes to, each on a thread of its own, by rank.
  ///
  /// A rank that throws wakes the others, who then cannot go on either; the first error by rank is thrown.
  static func run<Value: Sendable>(
    _ count: Int, _ body: @escaping @Sendable (RankGroup) throws -> Value
  ) throws -> [Value] {
    let (found, all) = (Found<Value>(), DispatchGroup())
    for end in ThreadWire.ends(count: count) {
      all.enter()
      try EngineThread.start(named: "rank \(end.rank)") {
        let result = Result { try body(RankGroup(end)) }
        end.leave()
        found.values.withLock { $0[end.rank] = result }
        all.leave()
      }
    }
    all.wait()
    let values = found.values.withLock { $0 }
    return try (0..<count).compactMap { try values[$0]?.get() }
  }
}
