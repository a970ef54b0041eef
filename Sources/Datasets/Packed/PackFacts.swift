import Foundation
import Runs
import Tensors

/// What `facts.json` keeps of a data set besides its rows and its encoding.
struct PackFacts: Codable {
  static let fileName = "facts.json"

  var known: KnownRows
  var notices: [String]
  var inputs: [InputFacts]
  var spellings: [String: InputSpelling]
  var joins: [JoinCount]
  var bounds: [String: Double]
  var boundNotice: String?
  var group: String?
  /// The schema's text, which runs keep; nil: the program made the schema.
  var yaml: String?
  /// By field, how long its texts are in all; −1 of a field whose ids have no names.
  var nameCounts: [Int]
  /// The fields that have lists, by their numbers.
  var listFields: [Int]
  /// The fields, their names left out.
  var features: FeatureSchema
  /// Their tasks, with the weights and scales of the data.
  var tasks: [TaskDefinition]

  init(_ dataset: Dataset, on pool: WorkerPool) {
    known = dataset.known ?? KnownRows(dataset, on: pool)
    (notices, inputs, spellings) = (dataset.notices, dataset.inputs, dataset.spellings)
    (joins, bounds, boundNotice) = (dataset.joins, dataset.bounds, dataset.boundNotice)
    group = dataset.group
    yaml = dataset.encoding?.schema.yaml
    nameCounts = dataset.features.fields.map { $0.categories.isEmpty ? -1 : $0.categories.count }
    listFields = dataset.features.fields.indices.filter {
      dataset.training.lists?.tables[$0] != nil
    }
    features = dataset.features.withoutNames
    tasks = dataset.tasks
  }
}

extension PackFacts {
  func json() throws(PackError) -> [UInt8] { try PackJSON.bytes(of: self, Self.fileName) }
}

/// JSON of a packed folder's parts; numbers that are none are words.
enum PackJSON {
  static func bytes(of value: some Encodable, _ name: String) throws(PackError) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    do {
      return Array(try encoder.encode(value))
    } catch {
      throw .header(path: name, what: "\(error)")
    }
  }

  static func value<Value: Decodable>(
    _: Value.Type, of bytes: UnsafeRawBufferPointer, _ path: String
  ) throws(PackError) -> Value {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    do {
      return try decoder.decode(Value.self, from: Data(bytes))
    } catch {
      throw .header(path: path, what: "\(error)")
    }
  }
}

extension FeatureSchema {
  /// The same with fields whose texts are left out.
  var withoutNames: Self {
    var bare = self
    for field in bare.fields.indices { bare.fields[field].categories = [] }
    return bare
  }
}

extension FeatureSchema {
  /// The same, without the texts that lie apart.
  func withoutNames(of described: NamesApart.Description) -> Self {
    var bare = self
    for own in described.fields { bare.fields[own.field].categories = [] }
    return bare
  }
}

extension DatasetEncoding {
  /// The same with fields whose texts are these.
  func naming(_ features: FeatureSchema) -> Self {
    var named = DatasetEncoding(
      schema, features: features, tasks: tasks, buckets: buckets, rawNames: rawNames)
    (named.folder, named.trainingRows, named.labelPairs) = (folder, trainingRows, labelPairs)
    return named
  }

  /// The same, whose schema has its text.
  func spelled(_ yaml: String?) -> Self {
    var schema = schema
    schema.yaml = yaml
    var spelled = DatasetEncoding(
      schema, features: features, tasks: tasks, buckets: buckets, rawNames: rawNames)
    (spelled.folder, spelled.trainingRows, spelled.labelPairs) = (folder, trainingRows, labelPairs)
    return spelled
  }
}

extension DatasetSchema {
  /// What of its data a packed folder does not keep, as far as the schema tells; nil where it may keep
  /// all.
  public var unpackable: String? {
    if text != nil { return "texts of rows" }
    if opinions != nil { return "a file of opinions" }
    guard let interactions, columns.hasCategories(of: interactions.user),
      columns.hasCategories(of: interactions.item)
    else { return nil }
    return "interactions of users and items"
  }
}

extension [DatasetSchema.Column] {
  /// Whether an input of this name has categories.
  fileprivate func hasCategories(of name: String) -> Bool {
    contains { column in
      guard case .categorical = column.role else { return false }
      return column.name == name
    }
  }
}

extension Dataset {
  /// What of it a packed folder does not keep; nil if it keeps all.
  var unpackable: String? {
    if text != nil { return "texts of rows" }
    if opinions != nil { return "a file of opinions" }
    if interactions != nil { return "interactions of users and items" }
    if encoding == nil { return "rows that were made in memory" }
    return nil
  }
}
