import Tensors

/// The vocabulary of a spilled column: what ``CategoryIds`` makes of a column in memory, from sorted
/// runs.
///
/// Ids go by falling count, then by bytes. Since the texts come by their bytes, an id is known at once
/// when it is known how many texts have each count:
///
///     id = 1 + #{texts of a greater count} + #{earlier texts of the same count}
struct SpilledVocabulary: Sendable {
  private(set) var field: CategoricalField
  /// The bytes of the categories that are not UTF-8.
  private(set) var rawNames: [RawName] = []
  /// How many categories hold bytes that cannot be read, and the first of them.
  private(set) var unreadable: (count: Int, first: String)?
  /// By code, the id.
  let ids: SpilledNumbers

  /// Ranks the texts that at least so many training rows have.
  init(
    _ texts: SpilledTexts, named name: String, minimumCount: Int, in folder: String
  ) throws(SystemRefusal) {
    let least = max(1, minimumCount)
    var tally = CountTally()
    try texts.forEach { text in
      if text.count >= least { tally.add(text.count, bytes: readableBytes(text.bytes).count) }
    }
    tally.settle()
    ids = try SpilledNumbers(of: texts.column, in: folder)
    let names = try NameIntake(tally, ids, in: folder)
    // Texts that read alike go by their first row, whatever their bytes.
    var alike: [MergedText] = []
    var readable: ArraySlice<UInt8> = []
    try texts.forEach { text in
      guard text.count >= least else { return }
      let own = readableBytes(text.bytes)
      if own != readable || alike.isEmpty {
        names.take(alike, as: readable)
        (alike, readable) = ([], own)
      }
      alike.append(text)
    }
    names.take(alike, as: readable)
    field = CategoricalField(name: name, vocabulary: tally.texts + 1)
    field.categories = CategoryNames(names.table)
    rawNames = names.rawNames.sorted { $0.id < $1.id }
    unreadable = names.unreadable.min().map { (names.unreadable.count, field.categories[$0]) }
  }
}

/// How many texts have each count.
private struct CountTally {
  private var byCount: [Int: (texts: Int, bytes: Int)] = [:]
  /// By count, the next id and the next byte among all names.
  private var next: [Int: (id: Int, byte: Int)] = [:]
  private(set) var texts = 0
  private(set) var bytes = 0

  mutating func add(_ count: Int, bytes: Int) {
    byCount[count, default: (0, 0)].texts += 1
    byCount[count, default: (0, 0)].bytes += bytes
  }

  /// The id and the first byte of the next name of a count.
  mutating func take(_ count: Int, bytes: Int) -> (id: Int, byte: Int)? {
    guard let found = next[count] else { return nil }
    next[count] = (found.id + 1, found.byte + bytes)
    return found
  }

  /// The greatest counts have the first ids.
  mutating func settle() {
    for (count, own) in byCount.sorted(by: { $0.key > $1.key }) {
      next[count] = (texts + 1, bytes)
      texts += own.texts
      bytes += own.bytes
    }
  }
}

/// Writes names in the order of their ids, and ids by run and code, into mapped files.
private final class NameIntake {
  private var tally: CountTally
  private let ids: SpilledNumbers
  private let starts: MappedBytes
  private let bytes: MappedBytes
  private(set) var rawNames: [RawName] = []
  private(set) var unreadable: [Int] = []
  private var taken = 0

  init(_ tally: CountTally, _ ids: SpilledNumbers, in folder: String) throws(SystemRefusal) {
    (self.tally, self.ids) = (tally, ids)
    starts = try MappedBytes(scratchIn: folder, count: 8 * (tally.texts + 2))
    bytes = try MappedBytes(scratchIn: folder, count: tally.bytes)
    // Id 0 is that of no text; the last start is the end.
    starts.bytes.storeBytes(
      of: Int64(tally.bytes), toByteOffset: 8 * (tally.texts + 1), as: Int64.self)
  }

  /// Takes texts that read alike.
  func take(_ texts: [MergedText], as name: ArraySlice<UInt8>) {
    let byFirstRow =
      texts.count < 2
      ? texts
      : texts.sorted { ($0.codes[0].run, $0.codes[0].code) < ($1.codes[0].run, $1.codes[0].code) }
    for text in byFirstRow {
      guard let (id, byte) = tally.take(text.count, bytes: name.count) else { continue }
      starts.bytes.storeBytes(of: Int64(byte), toByteOffset: 8 * id, as: Int64.self)
      UnsafeMutableRawBufferPointer(rebasing: bytes.bytes[byte..<(byte + name.count)])
        .copyBytes(from: name)
      ids.set(Int32(id), to: text)
      note(text, name, id)
      taken += 1
      if taken % (1 << 20) == 0 {
        ids.letGo()
        [starts, bytes].forEach { $0.letGo() }
      }
    }
  }

  private func note(_ text: MergedText, _ name: ArraySlice<UInt8>, _ id: Int) {
    guard name.contains(0xEF),
      String(decoding: name, as: UTF8.self).unicodeScalars.contains("\u{FFFD}")
    else { return }
    unreadable.append(id)
    if text.bytes != name { rawNames.append(RawName(id: Int32(id), bytes: Array(text.bytes))) }
  }

  /// The names by id.
  var table: NameTable {
    NameTable(
      starts: Storage(mapping: starts, count: tally.texts + 2),
      bytes: Storage(mapping: bytes, count: tally.bytes), first: 0, count: tally.texts + 1)
  }
}
