import Foundation
import Testing

@testable import Datasets

/// Advice that names the real cause.
@Suite struct FileAdviceTests {
  private func message(_ bytes: [UInt8], _ extra: String = "") -> String {
    var table = Table(bytes: Data(bytes))
    table.schema += "\n" + extra
    do {
      _ = try table.load()
      return "no error"
    } catch {
      return "\(error)"
    }
  }

  private func message(_ text: String, _ extra: String = "") -> String {
    message(Array(text.utf8), extra)
  }

  private static func kinds() -> [([UInt8], FileKind)] {
    let table = "user,x\n1,2\n".utf16.map { UInt8($0) }
    var kinds: [([UInt8], FileKind)] = []
    let add = { (mark: [UInt8], text: String, kind: FileKind) in
      kinds.append((mark + Array(text.utf8), kind))
    }
    add([0x50, 0x4B, 0x03, 0x04, 0x14, 0x00], "", .zip)
    add([0x50, 0x4B, 0x03, 0x04] + [UInt8](repeating: 0, count: 26), "xl/x", .excel)
    add([0xD0, 0xCF, 0x11, 0xE0, 0xA1], "", .excel)
    add([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00, 0x00], "", .xz)
    add([], "BZh91AY\u{8}", .bzip2)
    add([0x28, 0xB5, 0x2F, 0xFD, 0x04], "", .zstandard)
    add([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], "", .sevenZip)
    add([], "Rar!\u{1A}", .rar)
    add([], "PAR1\u{15}", .parquet)
    add([], "ORC\u{3}", .orc)
    add([], "Obj\u{1}", .avro)
    add([], "ARROW1\0\0", .arrow)
    add([], "SQLite format 3\0", .sqlite)
    add([0x89], "HDF\r\n", .hdf5)
    add([0x80, 0x04, 0x95, 0x00], "", .pickle)
    add([0x93], "NUMPY", .numpy)
    add([], "%PDF-1.7", .pdf)
    add([], "<!DOCTYPE html><html>", .html)
    add([], "{\"user\": 1}\n", .json)
    add([], "[\n {\"user\": 1}]", .json)
    add([0xFF, 0xFE, 0x75, 0x00], "", .utf16)
    add([0xFE, 0xFF, 0x00, 0x75], "", .utf16)
    add(table.flatMap { [$0, 0] }, "", .utf16)
    add(table.flatMap { [0, $0] }, "", .utf16)
    add([0xFF, 0xFE, 0, 0, 0x75, 0, 0, 0], "", .utf32)
    add([], "user\rprice\r1\r", .macLines)
    add([UInt8](repeating: 0x41, count: 257), "ustar\0", .tar)
    add([0x7F, 0x45, 0x4C, 0x46, 0x02, 0x01, 0x01, 0x00, 0x00, 0x00], "", .binary)
    return kinds
  }

  @Test(arguments: kinds())
  func namesWhatAFileIs(bytes: [UInt8], kind: FileKind) {
    let expected = "\(ReaderError.file(.notText(path: "t.csv", kind: kind)))"
    #expect(message(bytes) == expected)
    // Packed it is no more of a table.
    if kind != .gzipTwice { #expect(message(Array(gzip(Data(bytes)))) == expected) }
  }

  @Test(arguments: ["ORCID", "PAR1", "RDX", "BZh", "Rar!", "FEA1", "LZIP"])
  func aColumnMayBeCalledLikeAMark(name: String) throws {
    var table = Table(csv: Table.rows.replacing("user", with: name))
    table.schema.replace("user: {type: categorical,", with: "u: {type: categorical, from: \(name),")
    #expect(try table.load().training.count == 2)
  }

  @Test func gzipInGzip() {
    #expect(message(Array(gzip(gzip(Data(Table.rows.utf8))))).contains("gzip twice"))
  }

  @Test func everyKindSaysWhatToDo() {
    for kind in FileKind.allCases {
      #expect(!kind.name.isEmpty && !kind.fix.isEmpty)
      #expect(FileKind.allCases.count { $0.fix == kind.fix && $0.name == kind.name } == 1)
    }
  }

  /// What is wrong, and the word that the fix must have.
  @Test(arguments: [
    (Table.rows.replacing(",", with: ";"), "", "set `delimiter: \";\"`"),
    (Table.rows.replacing(",", with: "\t"), "", "set `delimiter: \"\\t\"`"),
    (Table.rows.replacing(",", with: "|"), "", "set `delimiter: \"|\"`"),
    (Table.rows.replacing(",", with: "::"), "", "set `delimiter: \"::\"`"),
    (Table.rows, "delimiter: \"\\t\"", "set `delimiter: \",\"`"),
    ("\"user\";\"price\";\"click\";\"split\"\n\"a\";1;0;x\n", "", "set `delimiter: \";\"`"),
    ("a;b,user;price;click;split\n", "", "set `delimiter: \";\"`"),
    (Table.rows.replacing("user", with: "\"user\""), "quoted: false", "set `quoted: true`"),
    (Table.rows.replacing("user", with: "'user'"), "", "single quotes"),
    (Table.rows.replacing(",", with: ", "), "", "set `trim: true`"),
    ("1,2,0,x\n3,4,1,x\n", "", "columnNames"),
    (Table.rows.replacing("user", with: "User"), "", "did you mean 'User'?"),
    (Table.rows.replacing("a,1", with: "a,"), "missing: NULL", "`missing: [NULL, \"\"]`"),
    (Table.rows.replacing("a,1", with: "a,NULL"), "", "`missing: [\"\", NULL]`"),
    (Table.rows.replacing("a,1", with: "a,n/a"), "missing: [NA, NULL]", "[NA, NULL, \"n/a\"]`"),
    (Table.rows.replacing("a,1", with: "a, 1"), "", "set `trim: true`"),
    (Table.rows.replacing("a,1", with: "a,\"1\""), "quoted: false", "set `quoted: true`"),
    (Table.rows.replacing("a,1", with: "a,\"1,234\""), "", "nothing between thousands"),
    (Table.rows.replacing("a,1", with: "a,\"1,5\""), "", "a point before the decimals"),
    (Table.rows.replacing("a,1", with: "a,12%"), "", "without its unit"),
    (Table.rows.replacing("a,1", with: "a,$12"), "", "without its unit"),
    (Table.rows.replacing("a,1", with: "a,2023-01-15"), "", "a date is no number"),
    (Table.rows.replacing("a,1", with: "a,1e50"), "", "float32"),
    (Table.rows.replacing("a,1", with: "a,red"), "", "categorical"),
    (Table.rows.replacing("a,1", with: "\"a,b\",1"), "quoted: false", "set `quoted: true`"),
    (Table.rows.replacing(",x", with: ",x,"), "", "take the delimiter off"),
    ("user,price,click,split\na;1;0;x\n", "", "set `delimiter: \";\"`"),
    ("a,1,0\n", "columnNames: [user, price, click, split]", "`columnNames`"),
  ])
  func namesTheCause(csv: String, extra: String, fix: String) {
    let message = message(csv, extra)
    #expect(message.contains(fix), "\(message)")
  }

  @Test func namesTheEncodingOfAHeader() {
    let bytes = Array("user,prix ".utf8) + [0xE9] + Array(",click,split\na,1,0,x\n".utf8)
    #expect(message(bytes).contains("iconv -f WINDOWS-1252"))
  }

  /// Not a word of a file that is no table.
  @Test(arguments: [
    "", "delimiter: \":\"", "columnNames: [user]\ncolumnNames2: x", "delimiter: \"::\"",
    "header: true\nquoted: false",
  ])
  func keepsTheContentOfOtherFiles(extra: String) {
    let secret = "root:$6$salt$hash:19000:0:99999:7:::\ndaemon:*:19000:0:99999:7:::\n"
    let message = message(secret, extra)
    for word in ["root", "salt", "hash", "19000", "99999", "daemon"] {
      #expect(!message.contains(word), "\(message)")
    }
  }

  @Test func keepsTheOnlyColumnOfOtherFiles() {
    let secret = "root:$6$salt$hash:19000:0:99999:7:::\ndaemon:*:19000:0:99999:7:::\n"
    var table = Table(csv: secret)
    table.schema = """
      name: t
      files: {all: t.csv}
      columnNames: [all]
      columns: {all: {type: numeric, input: true}}
      tasks: {click: {column: all}}
      """
    let error = #expect(throws: ReaderError.self) { try table.load() }
    #expect(error.map { "\($0)".contains("salt") } == false)
  }

  @Test(arguments: ["15.01.2023", "01/15/2023", "15-01-2023"])
  func datesWithTheDayFirstAreNotGuessed(text: String) {
    let error = ReaderError.notATime(path: "t", line: 2, column: "day", found: text)
    #expect("\(error)".contains("the year first"))
  }
}
