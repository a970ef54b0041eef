import Foundation
import Tensors
import Testing

@testable import Datasets

/// What turns rows of a file into rows of a batch, saved and used again.
@Suite struct EncodingTests {
  /// Two tags, three bins, a hash, a number twice, and a label in log minutes.
  private static let schema = """
    name: t
    files: {all: t.csv}
    missing: ["", "?"]
    columns:
      user: {type: categorical, minimumCount: 2}
      tags: {type: categorical, separator: "|", minimumCount: 1, maximumCount: 2}
      hour: {type: categorical, divide: 100, minimumCount: 1}
      age: {type: categorical, buckets: 2}
      item: {type: categorical, hash: 16}
      price: {type: numeric, log1p: true, indicator: true}
    tasks:
      click: {column: click}
      watch: {kind: regression, column: seconds, divide: 60, cap: 10, log1p: true, space: {column: click}}
    split: {column: day, validation: 2, test: 3}
    """

  private static let csv = """
    day,user,tags,hour,age,item,price,click,seconds
    1,a,x|y|z,100,20,i1,1,1,60
    1,a,y,130,30,i2,2,0,0
    1,b,,200,40,i3,?,1,180
    1,b,z|x,200,?,i4,4,0,0
    1,c,x,210,50,i5,0,1,0
    2,a,w|x,2300,25,i6,8,1,30
    3,zz,q,100,99,i7,-3,1,6000

    """

  private func training() throws -> Dataset {
    try Table(csv: Self.csv, schema: Self.schema, partBytes: 40).load()
  }

  private func encoding() throws -> DatasetEncoding {
    let saved = try #require(training().savedEncoding)
    return try DatasetEncoding(json: saved.json(), path: "encoding.json")
  }

  /// Rows of a table file of any text, read by an encoding.
  private func rows(
    _ text: String, _ encoding: DatasetEncoding, named name: String = "new.csv",
    packed: Bool = false,
    partBytes: Int = 40, wants: RowStream.Wants = .init()
  ) throws -> [Examples] {
    try withFolder { folder in
      let path = "\(folder)/\(name)"
      try (packed ? gzip(Data(text.utf8)) : Data(text.utf8)).write(to: URL(fileURLWithPath: path))
      return try RowStream(
        encoding, .table(path), wants: wants, joins: nil, pool: WorkerPool(threads: 1),
        partBytes: partBytes
      ).examples()
    }
  }

  private func seen(_ blocks: [Examples], _ encoding: DatasetEncoding) -> [SeenRow] {
    blocks.flatMap { SeenRow.rows($0, of: encoding.features, tasks: encoding.tasks.count) }
  }

  /// By hand: users by count, then name; c is rare; tags that training did not see are 0.
  @Test func rowsOfANewFileHaveTheIdsOfTraining() throws {
    let encoding = try encoding()
    // Other order, a column more, no label; the last row is all new or missing.
    let text = """
      item,extra,price,age,hour,tags,user
      i3,!,2,30,199,y|new|x,b
      i99,!,,?,999,?,nobody

      """
    let found = seen(try rows(text, encoding), encoding)
    #expect(encoding.features.fields[0].categories == ["", "a", "b"])
    #expect(encoding.features.fields[1].categories == ["", "x", "y", "", "z"])
    #expect(found[0].ids[0] == [2] && found[1].ids[0] == [0])
    // At most two tags count: y, and one that is unknown.
    #expect(found[0].ids[1] == [2, 0] && found[1].ids[1] == [3])
    #expect(encoding.features.fields[2].categories == ["", "2", "1"])
    #expect(found[0].ids[2] == [2] && found[1].ids[2] == [0])
    // Half of the four known ages lie below 40; a missing one has the last id.
    #expect(found[0].ids[3] == [1] && found[1].ids[3] == [3])
    #expect(found[0].ids[4] == [CategoryIds.hash("i3", rows: 16)])
    // Prices 1, 2, 4, 0: mean 7/4, variance 35/16; a missing one is the mean.
    let deviation = (35.0 / 16).squareRoot()
    #expect(found[0].dense[0] == Float((2 - 1.75) / deviation).bitPattern)
    #expect(found[1].dense[0] == Float(0).bitPattern && found[1].dense[2] == Float(0).bitPattern)
    #expect(found[0].dense[2] == Float(1).bitPattern)
    #expect(found.count == 2)
  }

  @Test(arguments: [7, 40, 1 << 20]) func blocksAndPackingChangeNothing(partBytes: Int) throws {
    let encoding = try encoding()
    let plain = seen(try rows(Self.csv, encoding, partBytes: partBytes), encoding)
    let packed = seen(
      try rows(Self.csv, encoding, named: "new.csv.gz", packed: true, partBytes: partBytes),
      encoding)
    #expect(plain == seen(try rows(Self.csv, encoding), encoding) && plain.count == 7)
    #expect(plain == packed)
  }

  /// 60 s is one minute: y = log 2, and back.
  @Test func answersComeBackInTheFilesUnit() throws {
    let encoding = try encoding()
    #expect(abs(encoding.fileValue(log1p(1.0), ofTask: 1) - 60) < 1e-9)
    #expect(abs(encoding.fileValue(log1p(3.0), ofTask: 1) - 180) < 1e-9)
    #expect(encoding.fileValue(0.25, ofTask: 0) == 0.25)
    #expect(encoding.labelUnit(ofTask: 1) == "log(1 + seconds / 60.0)")
    #expect(encoding.labelUnit(ofTask: 0) == nil)
  }

  @Test func labelsAreReadWhereTheyAreWanted() throws {
    let encoding = try encoding()
    var wants = RowStream.Wants()
    wants.labels = true
    let found = seen(try rows(Self.csv, encoding, wants: wants), encoding)
    #expect(found[1].isInside == [true, false] && found[0].isInside == [true, true])
    let scale = encoding.tasks[1].scale
    #expect(found[6].labels[1] == Float(scale.standardised(log1p(10))).bitPattern)
    let bad = Self.csv.replacingOccurrences(of: "4,0,0", with: "4,7,0")
    #expect(throws: RowReadingError.self) { try rows(bad, encoding, wants: wants) }
    // Nobody asks for them: they may be anything.
    #expect(try rows(bad, encoding).reduce(0) { $0 + $1.count } == 7)
  }

  @Test func missingColumnsAreAllNamedWithWhatIsNear() throws {
    let encoding = try encoding()
    let text = "user,tag,hour,age,item,prize\na,x,1,2,i,3\n"
    do {
      _ = try rows(text, encoding)
      Issue.record("read without its columns")
    } catch let error as RowReadingError {
      guard case .missingColumns(_, let columns, let header) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(columns == [.init(name: "tags", near: "tag"), .init(name: "price", near: "prize")])
      #expect(header.count == 6)
      #expect("\(error)".contains("'tags', 'price'"))
      #expect("\(error)".contains("'tag' may be 'tags'; 'prize' may be 'price'"))
    }
  }

  @Test func aHeaderAloneHasNoRowsAndAnEmptyFileIsNone() throws {
    let encoding = try encoding()
    #expect(try rows("user,tags,hour,age,item,price\n", encoding).isEmpty)
    #expect(throws: RowReadingError.reader(.emptyFile(path: "x"))) {
      do { _ = try rows("", encoding) } catch RowReadingError.reader(.emptyFile) {
        throw RowReadingError.reader(.emptyFile(path: "x"))
      }
    }
  }

  @Test func segmentsAreTheTextsOfAnyColumn() throws {
    let encoding = try encoding()
    var wants = RowStream.Wants()
    wants.segment = "day"
    try withFolder { folder in
      let path = "\(folder)/new.csv"
      try Data(Self.csv.utf8).write(to: URL(fileURLWithPath: path))
      let stream = try RowStream(encoding, .table(path), wants: wants, threads: 1)
      var segments: [Int32] = []
      while let block = try stream.nextBlock() { segments += block.segments }
      #expect(stream.segmentNames == ["1", "2", "3"])
      #expect(segments == [0, 0, 0, 0, 0, 1, 2])
      wants.segment = "dya"
      do {
        _ = try RowStream(encoding, .table(path), wants: wants, threads: 1)
        Issue.record("read segments of no column")
      } catch RowReadingError.noSegment(_, let column, let near, _) {
        #expect(column == "dya" && near == "day")
      }
    }
  }

  @Test func aTableHasNoSplit() throws {
    var wants = RowStream.Wants()
    wants.split = .test
    #expect(throws: RowReadingError.splitOfTable(.test)) {
      try rows(Self.csv, try encoding(), wants: wants)
    }
  }

  /// Rows stream by: what is kept of a large file is a block.
  @Test func aLargeFileIsReadBlockByBlock() throws {
    let encoding = try encoding()
    let count = 100_000
    let text =
      "user,tags,hour,age,item,price\n"
      + String(repeating: "a,x|y,100,20,i1,1\n", count: count)
    try withFolder { folder in
      let path = "\(folder)/large.csv"
      try Data(text.utf8).write(to: URL(fileURLWithPath: path))
      let stream = try RowStream(
        encoding, .table(path), wants: .init(), joins: nil, pool: WorkerPool(threads: 1),
        partBytes: 1 << 16)
      var (rows, largest) = (0, 0)
      while let block = try stream.nextBlock() {
        #expect(block.firstRow == rows)
        rows += block.examples.count
        largest = max(largest, block.examples.count)
      }
      #expect(rows == count && stream.rows == count)
      // 18 bytes a row.
      #expect(largest <= (1 << 16) / 18 + 1)
    }
  }

  // MARK: - The file

  @Test func aDamagedFileSaysWhatIsWrong() throws {
    let json = String(decoding: try #require(training().savedEncoding).json(), as: UTF8.self)
    func error(_ old: String, _ new: String) -> EncodingFileError? {
      #expect(json.contains(old), "\(old)")
      do {
        _ = try DatasetEncoding(
          json: Data(json.replacingOccurrences(of: old, with: new).utf8), path: "e.json")
        return nil
      } catch { return error }
    }
    #expect(error("\"format\":1", "\"format\":2") == .format(path: "e.json", found: 2, known: 1))
    #expect(error("\"trainingRows\":5", "\"trainingRow\":5") != nil)
    #expect(error("[\"\",\"a\",\"b\"]", "[\"\",\"a\",\"a\"]") != nil)
    #expect(error("[\"\",\"a\",\"b\"]", "[\"\",\"a\"]") != nil)
    #expect(error("\"vocabulary\":17", "\"vocabulary\":16") != nil)
    #expect(error("\"bounds\":[", "\"bounds\":[1e9,1e8,") != nil)
    #expect(error("{", "") != nil)
    #expect("\(try #require(error("{", "")))".contains("e.json"))
  }

  /// The form of the file is a promise: a model that was saved is read by later versions.
  @Test func theFormIsKept() throws {
    let data = try Table(csv: Table.rows).load()
    let encoding = try #require(data.savedEncoding)
    #expect(String(decoding: try encoding.json(), as: UTF8.self) == Self.golden)
    #expect(try DatasetEncoding(json: Data(Self.golden.utf8), path: "encoding.json") == encoding)
  }

  private static let golden = """
    {"buckets":[null],"features":{"dense":[{"column":"price","form":{"value":{"deviation\
    ":0.5,"mean":1.5}}}],"fields":[{"categories":["","a","b"],"isHashed":false,"name":"u\
    ser","vocabulary":3}]},"folder":"","format":1,"labelPairs":{"counts":[{"both":0,"fir\
    stAlone":0,"rows":0,"secondAlone":0}],"tasks":1},"name":"table","rawNames":[[]],"sch\
    ema":{"columns":[{"isInputDespiteLabel":false,"name":"user","role":{"categorical":{"\
    minimumCount":1}},"rule":{},"source":"user"},{"isInputDespiteLabel":false,"name":"pr\
    ice","role":{"numeric":{"indicator":false,"log1p":false}},"rule":{},"source":"price"\
    }],"files":{"all":{"_0":{"names":["t.csv"]}}},"format":{"columnNames":[],"hasHeader"\
    :true,"isQuoted":true,"missing":[""],"trimsBlanks":false},"joins":[],"name":"table",\
    "split":{"column":{"_0":"split","test":"t","validation":"v"}},"tasks":[{"divisor":1,\
    "kind":"binary","label":{"column":"click","rule":{"value":{}}},"name":"click","skips\
    Missing":false,"takesLogarithm":false,"weight":1}]},"tasks":[{"kind":"binary","name"\
    :"click","scale":{"deviation":1,"mean":0},"weight":1}],"trainingRows":2}
    """

  /// Bytes that are no UTF-8 look alike, and keep ids of their own.
  @Test func categoriesThatAreNotUTF8KeepTheirIds() throws {
    var bytes = Data("user,price,click,split\n".utf8)
    for (text, click, split) in [
      ([0xE9], 0, "x"), ([0xE9], 1, "x"), ([0xEA], 1, "x"), ([0xEA], 0, "v"), ([0xE9], 1, "t"),
    ] as [([UInt8], Int, String)] {
      bytes += text + Data(",1,\(click),\(split)\n".utf8)
    }
    let data = try Table(bytes: bytes).load()
    let encoding = try #require(data.savedEncoding)
    #expect(encoding.features.fields[0].vocabulary == 3)
    #expect(encoding.rawNames[0] == [RawName(id: 1, bytes: [0xE9]), RawName(id: 2, bytes: [0xEA])])
  }
}
