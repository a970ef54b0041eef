import Tensors

/// The ids of one categorical column: 0 for rare and unseen values, then by falling count in the
/// training rows, ties by name.
struct Vocabulary {
  /// Names by id; place 0 has none.
  let categories: [String]
  /// By part and chunk, the id of each of the chunk's texts.
  let ids: [[[Int32]]]

  /// Numbers the texts of a column.
  ///
  /// `counts` says, by part and chunk, how many training rows have each of the chunk's texts.
  init(
    _ parts: [TablePart], column: Int, counts: [[[Int32]]], minimumCount: Int
  ) {
    var all = ByteInterner()
    var totals: [Int] = []
    let global = parts.enumerated().map { place, part in
      part.chunks.enumerated().map { chunkPlace, chunk -> [Int32] in
        let interner = chunk.interners[column]
        return (0..<interner.count).map { local in
          let id = interner.withBytes(local) { all.id(of: $0) }
          if Int(id) == totals.count { totals.append(0) }
          totals[Int(id)] += Int(counts[place][chunkPlace][local])
          return id
        }
      }
    }
    let names = (0..<all.count).map { all.name($0) }
    let kept = names.indices.filter { totals[$0] >= max(1, minimumCount) }.sorted {
      guard totals[$0] == totals[$1] else { return totals[$0] > totals[$1] }
      // Bytes that are not UTF-8 may read alike: then the first seen comes first.
      let (left, right) = (names[$0].utf8, names[$1].utf8)
      return left.elementsEqual(right) ? $0 < $1 : left.lexicographicallyPrecedes(right)
    }
    var final = [Int32](repeating: 0, count: names.count)
    for (place, id) in kept.enumerated() { final[id] = Int32(place + 1) }
    categories = [""] + kept.map { names[$0] }
    ids = global.map { $0.map { $0.map { final[Int($0)] } } }
  }
}
