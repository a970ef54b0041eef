import Foundation
import Graph
import Ranks
import Store
import Tensors

/// How the ranks of a run write a checkpoint together: all have the same numbers, and each writes some of the
/// large arrays into the files that rank 0 has begun, which gives them their names when the disk has all.
///
/// Said are which arrays there are and who writes them, by rank 0 to all as JSON, then by every rank 16 bytes an
/// array, round a ring: whether it has written it, and the checksum. What a rank could not write rank 0 writes,
/// and what lies in another order on each rank: the rows of tables that grow, since scored rows, which are dealt out,
/// let them come into being.
final class SharedSaving: CheckpointHelp {
  /// Arrays of fewer bytes are written by rank 0.
  static let fewestBytes = 64 << 10

  /// An array and who writes it.
  private struct Share: Codable {
    let rank: Int
    let array: SharedArray
  }

  private let ranks: RankAgendas
  /// Paths of tables that rank 0 writes.
  private let own: [String]
  /// Whether ranks run on several machines, so that each waits for its own disk.
  private let waits: Bool
  /// By array, its place in what was announced; nil: rank 0 writes it.
  private var places: [Int?] = []
  private var shares: [Share] = []
  /// Whether the others know what to do, and whether they have said what became of it.
  private var (hasBegun, hasEnded) = (false, false)
  /// Why the others are lost.
  private(set) var failure: (any Error)?
  /// The ranks that could not write.
  private(set) var idle: Set<Int> = []

  /// A checkpoint of some ranks, of which rank 0 writes the tables of some paths by itself.
  init(_ ranks: RankAgendas, keeping own: [String] = []) {
    (self.ranks, self.own) = (ranks, own)
    waits = ranks.isSpread
  }

  // MARK: - Rank 0

  /// Gives arrays to the rank that has the fewest bytes so far, the largest first.
  func begin(_ arrays: [SharedArray]) -> [Bool] {
    places = arrays.map { _ in nil }
    var bytes = [Int](repeating: 0, count: ranks.count)
    bytes[0] = arrays.filter { !isShared($0) }.reduce(0) { $0 + $1.bytes }
    let shared = arrays.indices.filter { isShared(arrays[$0]) }
    for index in shared.sorted(by: { (arrays[$0].bytes, $1) > (arrays[$1].bytes, $0) }) {
      let rank = bytes.indices.min { (bytes[$0], $0) < (bytes[$1], $1) } ?? 0
      bytes[rank] += arrays[index].bytes
      guard rank > 0 else { continue }
      places[index] = shares.count
      shares.append(Share(rank: rank, array: arrays[index]))
    }
    announce()
    return places.map { $0 != nil && failure == nil }
  }

  /// Hears what the others have written.
  func finish() -> [UInt64?] {
    let checksums = hear()
    return places.map { place in place.flatMap { checksums[$0] } }
  }

  /// Lets the others go on whatever became of it.
  func end() {
    if !hasBegun { announce() }
    if !hasEnded { _ = hear() }
  }

  private func announce() {
    hasBegun = true
    attempt {
      let text = try JSONEncoder().encode(shares)
      _ = try ranks.share(text)
    }
  }

  /// By share, the checksum that its rank has come to.
  private func hear() -> [UInt64?] {
    hasEnded = true
    guard !shares.isEmpty, failure == nil else { return [] }
    var answers = Self.answers(shares.count, of: ranks.count)
    attempt { try ranks.gather(&answers) }
    guard failure == nil else { return [] }
    return shares.indices.map { index in
      let rank = shares[index].rank
      let at = 2 * (rank * shares.count + index)
      guard answers[at] == 1 else {
        idle.insert(rank)
        return nil
      }
      return answers[at + 1]
    }
  }

  private func attempt(_ body: () throws -> Void) {
    guard failure == nil else { return }
    do { try body() } catch { failure = error }
  }

  /// Whether all ranks have an array, and it is worth giving it away.
  private func isShared(_ array: SharedArray) -> Bool {
    array.bytes >= Self.fewestBytes && (array.isModel || array.name.hasPrefix("trainer/"))
      && !own.contains { "/\(array.name)/".contains("/\($0)/") }
  }

  private static func answers(_ count: Int, of ranks: Int) -> [UInt64] {
    [UInt64](repeating: 0, count: 2 * count * ranks)
  }

  // MARK: - The others

  /// Writes what rank 0 has given to this rank, of a state that is as its own.
  func help(_ entries: () -> [Archive.Entry]) throws {
    let shares = try JSONDecoder().decode([Share].self, from: ranks.share(nil))
    guard !shares.isEmpty else { return }
    var answers = Self.answers(shares.count, of: ranks.count)
    var known: [String: Archive.Entry]?
    for (index, share) in shares.enumerated() where share.rank == ranks.rank {
      let entries = known ?? Dictionary(entries().map { ($0.name, $0) }) { $1 }
      known = entries
      let name = (share.array.isModel ? RunCheckpoint.prefix : "") + share.array.name
      guard let entry = entries[name], let checksum = try? share.array.write(entry, waits: waits)
      else { continue }
      let at = 2 * (ranks.rank * shares.count + index)
      (answers[at], answers[at + 1]) = (1, checksum)
    }
    try ranks.gather(&answers)
  }
}

extension ParameterStore {
  /// Paths of tables whose rows come into being when they are looked up.
  var growingPaths: [String] {
    zip(specifications, growing).compactMap { $1 == nil ? nil : $0.pieces.first?.path }
  }
}
