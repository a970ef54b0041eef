/// What a file that is no table is, told by its first bytes.
public enum FileKind: String, Sendable, Hashable, CaseIterable {
  case zip
  case excel
  case xz
  case bzip2
  case zstandard
  case lz4
  case sevenZip
  case rar
  case tar
  case gzipTwice
  case lzip
  case compress
  case parquet
  case orc
  case avro
  case arrow
  case feather
  case sqlite
  case hdf5
  case numpy
  case pickle
  case rData
  case pdf
  case html
  case json
  case utf16
  case utf32
  case macLines
  case binary

  /// What bytes are; nil for text of the usual kinds.
  init?(_ head: [UInt8]) {
    guard let kind = Self.marked(head) ?? Self.coded(head) ?? Self.marked(text: head) else {
      return nil
    }
    self = kind
  }

  /// By a mark at the front; longer marks first.
  private static func marked(_ head: [UInt8]) -> Self? {
    if head.starts(with: [0x50, 0x4B, 0x03, 0x04]) {
      let name = head.dropFirst(30)
      let isExcel = ["[Content_Types].xml", "xl/", "_rels/"].contains { name.starts(with: $0.utf8) }
      return isExcel ? .excel : .zip
    }
    if head.dropFirst(257).starts(with: "ustar".utf8) { return .tar }
    guard let found = marks.first(where: { head.starts(with: $0.mark) }) else { return nil }
    // A column may be called ORCID: marks that are letters count in front of other bytes only.
    let isText = found.mark.allSatisfy { (0x20..<0x7F).contains($0) } && found.kind != .pdf
    return isText && !hasOtherBytes(head) ? nil : found.kind
  }

  /// Whether there are control bytes, or bytes that are not UTF-8.
  private static func hasOtherBytes(_ head: [UInt8]) -> Bool {
    if head.contains(where: { $0 < 0x09 || (0x0E..<0x20).contains($0) }) { return true }
    // The last character may be cut.
    return !(0...3).contains { String(validating: head.dropLast($0), as: UTF8.self) != nil }
  }

  private static let marks: [(mark: [UInt8], kind: Self)] = [
    ([0x50, 0x4B, 0x05, 0x06], .zip), ([0xD0, 0xCF, 0x11, 0xE0], .excel),
    ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], .xz), (Array("BZh".utf8), .bzip2),
    ([0x28, 0xB5, 0x2F, 0xFD], .zstandard), ([0x04, 0x22, 0x4D, 0x18], .lz4),
    ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], .sevenZip), (Array("Rar!".utf8), .rar),
    ([0x1F, 0x8B], .gzipTwice), (Array("LZIP".utf8), .lzip), ([0x1F, 0x9D], .compress),
    (Array("PAR1".utf8), .parquet), (Array("PARE".utf8), .parquet), (Array("ORC".utf8), .orc),
    (Array("Obj\u{1}".utf8), .avro), (Array("ARROW1".utf8), .arrow),
    ([0xFF, 0xFF, 0xFF, 0xFF], .arrow), (Array("FEA1".utf8), .feather),
    (Array("SQLite format 3".utf8), .sqlite), ([0x89, 0x48, 0x44, 0x46], .hdf5),
    ([0x93] + Array("NUMPY".utf8), .numpy), ([0x80, 0x02], .pickle), ([0x80, 0x03], .pickle),
    ([0x80, 0x04], .pickle), ([0x80, 0x05], .pickle), (Array("RDX".utf8), .rData),
    (Array("%PDF-".utf8), .pdf),
  ]

  /// Text of another encoding, or bytes that no text has.
  ///
  /// UTF-16 without a mark has a zero in every second byte of what is mostly ASCII.
  private static func coded(_ head: [UInt8]) -> Self? {
    if head.starts(with: [0xFF, 0xFE, 0, 0]) || head.starts(with: [0, 0, 0xFE, 0xFF]) {
      return .utf32
    }
    if head.starts(with: [0xFF, 0xFE]) || head.starts(with: [0xFE, 0xFF]) { return .utf16 }
    guard head.contains(0) else { return nil }
    let pairs = head.count / 2
    let zeros = (0..<pairs).reduce(into: (even: 0, odd: 0)) {
      if head[2 * $1] == 0 { $0.even += 1 }
      if head[2 * $1 + 1] == 0 { $0.odd += 1 }
    }
    let (more, fewer) = (max(zeros.even, zeros.odd), min(zeros.even, zeros.odd))
    return more * 10 >= pairs * 7 && fewer * 10 < pairs && pairs > 1 ? .utf16 : .binary
  }

  /// By the first characters.
  private static func marked(text head: [UInt8]) -> Self? {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let body = (head.starts(with: mark) ? head.dropFirst(3) : head[...])
      .drop { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
    let start = String(decoding: body.prefix(14), as: UTF8.self).lowercased()
    if start.hasPrefix("<!doctype html") || start.hasPrefix("<html") { return .html }
    let second = body.dropFirst().first { $0 > 0x20 }
    if body.first == UInt8(ascii: "{"), second == UInt8(ascii: "\"") { return .json }
    if body.first == UInt8(ascii: "["), second == UInt8(ascii: "{") { return .json }
    let breaks = head.count { $0 == 0x0D }
    return breaks > 1 && !head.contains(0x0A) ? .macLines : nil
  }
}

extension FileKind {
  /// What it is, in words that follow "is".
  var name: String { words.name }

  /// How to make a table of it.
  var fix: String { words.fix }

  private static let pipe = #", or pipe it in and name "-" as the file"#

  private var words: (name: String, fix: String) {
    switch self {
    case .zip: ("a zip archive", "unpack it first, as in `unzip FILE`" + Self.pipe)
    case .excel: ("an Excel workbook", "save the sheet as CSV (UTF-8) first")
    case .xz: ("compressed by xz", "unpack it first, as in `xz -dk FILE`" + Self.pipe)
    case .bzip2: ("compressed by bzip2", "unpack it first, as in `bzip2 -dk FILE`" + Self.pipe)
    case .zstandard: ("compressed by zstd", "unpack it first, as in `zstd -d FILE`" + Self.pipe)
    case .lz4: ("compressed by lz4", "unpack it first, as in `lz4 -d FILE`" + Self.pipe)
    case .sevenZip: ("a 7z archive", "unpack it first, as in `7z x FILE`")
    case .rar: ("a rar archive", "unpack it first, as in `unrar x FILE`")
    case .tar: ("a tar archive", "unpack it first, as in `tar xf FILE`")
    case .gzipTwice: ("compressed by gzip twice", "unpack it once, as in `gzip -dk FILE`")
    case .lzip: ("compressed by lzip", "unpack it first, as in `lzip -dk FILE`" + Self.pipe)
    case .compress: ("compressed by compress", "unpack it first, as in `uncompress FILE`")
    case .parquet: ("a Parquet file", Self.pandas("read_parquet(FILE)"))
    case .orc: ("an ORC file", Self.pandas("read_orc(FILE)"))
    case .avro: ("an Avro file", "write it as CSV first, with a library that reads Avro")
    case .arrow: ("an Arrow file", Self.pandas("read_feather(FILE)"))
    case .feather: ("a Feather file", Self.pandas("read_feather(FILE)"))
    case .sqlite:
      ("an SQLite database", "write a table as CSV first, as in `sqlite3 -header -csv FILE …`")
    case .hdf5: ("an HDF5 file", Self.pandas("read_hdf(FILE)"))
    case .numpy: ("a NumPy array", "write it as CSV first, with numpy.savetxt")
    case .pickle: ("a Python pickle", Self.pandas("read_pickle(FILE)"))
    case .rData: ("an R data file", "write it as CSV first, with write.csv in R")
    case .pdf: ("a PDF document", "give the table that it was made from")
    case .html: ("a web page", "download the file itself, not the page about it")
    case .json:
      (
        "JSON",
        "write a schema with `lines: json` if each line is an object; a list of objects becomes such "
          + "lines by `jq -c '.[]' FILE`"
      )
    case .utf16:
      ("UTF-16 text", "save it as UTF-8 first, as in `iconv -f UTF-16 -t UTF-8 FILE`")
    case .utf32:
      ("UTF-32 text", "save it as UTF-8 first, as in `iconv -f UTF-32 -t UTF-8 FILE`")
    case .macLines:
      (
        "text whose lines end in a carriage return alone",
        #"write line feeds first, as in `tr '\r' '\n' < FILE`"#
      )
    case .binary: ("no text: it has bytes of value 0", "give a table as UTF-8 text, or gzip of it")
    }
  }

  private static func pandas(_ call: String) -> String {
    "write it as CSV first, as in pandas: `\(call).to_csv(…, index=False)`"
  }
}
