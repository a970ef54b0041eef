public import Foundation
import Runs

extension DatasetEncoding: Codable {
  private enum CodingKeys: String, CodingKey {
    case format, name, schema, features, tasks, folder, trainingRows, labelPairs, buckets, rawNames
    case namesApart
  }

  /// The version of the file's form; one that is larger cannot be read.
  static let format = 1
  /// That of a file whose names lie apart.
  static let formatOfNamesApart = 2

  /// Reads all parts; use ``init(json:path:)``, which says what is wrong in words.
  public init(from decoder: any Decoder) throws {
    let parts = try decoder.container(keyedBy: CodingKeys.self)
    name = try parts.decode(String.self, forKey: .name)
    schema = try parts.decode(DatasetSchema.self, forKey: .schema)
    features = try parts.decode(FeatureSchema.self, forKey: .features)
    tasks = try parts.decode([TaskDefinition].self, forKey: .tasks)
    buckets = try parts.decode([FieldBuckets?].self, forKey: .buckets)
    rawNames = try parts.decode([[RawName]].self, forKey: .rawNames)
    folder = try parts.decode(String.self, forKey: .folder)
    trainingRows = try parts.decode(Int.self, forKey: .trainingRows)
    labelPairs = try parts.decodeIfPresent(LabelPairs.self, forKey: .labelPairs)
  }

  /// Writes all parts.
  public func encode(to encoder: any Encoder) throws {
    var parts = encoder.container(keyedBy: CodingKeys.self)
    try parts.encode(Self.format, forKey: .format)
    try parts.encode(name, forKey: .name)
    try parts.encode(schema, forKey: .schema)
    try parts.encode(features, forKey: .features)
    try parts.encode(tasks, forKey: .tasks)
    try parts.encode(buckets, forKey: .buckets)
    try parts.encode(rawNames, forKey: .rawNames)
    try parts.encode(folder, forKey: .folder)
    try parts.encode(trainingRows, forKey: .trainingRows)
    try parts.encodeIfPresent(labelPairs, forKey: .labelPairs)
  }
}

extension DatasetEncoding {
  /// What is looked at before the rest.
  private struct Version: Decodable {
    let format: Int
    let namesApart: NamesApart.Description?
  }

  /// The description where names lie beside it.
  private struct Apart: Encodable {
    let bare: DatasetEncoding
    let names: NamesApart.Description

    func encode(to encoder: any Encoder) throws {
      try bare.encode(to: encoder)
      var parts = encoder.container(keyedBy: CodingKeys.self)
      try parts.encode(DatasetEncoding.formatOfNamesApart, forKey: .format)
      try parts.encode(names, forKey: .namesApart)
    }
  }

  /// The files that ``json(namesAbove:)`` counts on beside its own: names of more than so many bytes; nil
  /// where it needs none.
  public func namesApart(above bound: Int = NamesApart.usualBound) -> NamesApart? {
    NamesApart.of(features, above: bound)?.names
  }

  /// The file `encoding.json`: one object, keys sorted, so that equal encodings are equal bytes.
  ///
  /// Names of more than `bound` bytes that lie in files of a packed folder are left out: see
  /// ``namesApart(above:)``.
  ///
  /// - Throws: ``EncodingFileError`` where it cannot be written as JSON.
  public func json(namesAbove bound: Int = NamesApart.usualBound) throws(EncodingFileError) -> Data
  {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      guard let names = NamesApart.of(features, above: bound)?.description else {
        return try encoder.encode(self)
      }
      return try encoder.encode(Apart(bare: naming(features.withoutNames(of: names)), names: names))
    } catch {
      throw .unwritable("\(error)")
    }
  }

  /// Reads the file, and checks that its parts fit together.
  ///
  /// - Parameters:
  ///   - json: the file's bytes.
  ///   - path: what messages call the file.
  /// - Throws: ``EncodingFileError``.
  public init(json: Data, path: String) throws(EncodingFileError) {
    do {
      self = try Self.parts(of: json, path: path)
    } catch let error as EncodingFileError {
      throw error
    } catch let error as DecodingError {
      throw .damaged(path: path, what: Self.words(for: error))
    } catch {
      throw .damaged(path: path, what: "\(error)")
    }
    if let what = contradiction { throw .damaged(path: path, what: what) }
  }

  private static func parts(of json: Data, path: String) throws -> Self {
    let decoder = JSONDecoder()
    let version = try decoder.decode(Version.self, from: json)
    let known = version.namesApart == nil ? format : formatOfNamesApart
    guard version.format == known else {
      throw EncodingFileError.format(path: path, found: version.format, known: known)
    }
    let parts = try decoder.decode(Self.self, from: json)
    guard let described = version.namesApart else { return parts }
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    let names = try NamesApart(described, in: folder)
    return parts.naming(try described.named(parts.features, names, path: path))
  }

  private static func words(for error: DecodingError) -> String {
    func location(_ context: DecodingError.Context) -> String {
      context.codingPath.map(\.stringValue).joined(separator: ".")
    }
    switch error {
    case .keyNotFound(let key, let context):
      return "'\(key.stringValue)' is missing in '\(location(context))'"
    case .typeMismatch(_, let context), .valueNotFound(_, let context),
      .dataCorrupted(let context):
      let location = location(context)
      return location.isEmpty ? "it is no JSON" : "'\(location)': \(context.debugDescription)"
    @unknown default: return "\(error)"
    }
  }
}

// MARK: - What must fit together

extension DatasetEncoding {
  /// What of the parts contradicts itself, so that rows could not be encoded; nil if nothing does.
  private var contradiction: String? {
    let columns = schema.allColumns
    let fields = columns.filter { if case .categorical = $0.role { true } else { false } }
    guard fields.map(\.name) == features.fields.map(\.name) else {
      return "the fields are not the categorical columns"
    }
    guard buckets.count == fields.count, rawNames.count == fields.count else {
      return "\(fields.count) fields, \(buckets.count) buckets, \(rawNames.count) raw names"
    }
    guard columns.flatMap(\.denseColumns) == features.dense.map(\.column) else {
      return "the dense features are not those of the numeric columns"
    }
    if let interactions = features.interactions {
      let own = [interactions.user, interactions.item]
      guard own[0] != own[1], own.allSatisfy(features.fields.indices.contains) else {
        return "user and item are not two of the fields"
      }
    }
    guard schema.tasks.map(\.name) == tasks.map(\.name),
      schema.tasks.map(\.kind) == tasks.map(\.kind), !tasks.isEmpty
    else { return "the tasks are not those of the schema" }
    if let pairs = labelPairs, !pairs.isWhole(tasks: tasks.count) {
      return "the label pairs are not those of \(tasks.count) tasks"
    }
    for (index, field) in features.fields.enumerated() {
      if let what = contradiction(of: field, column: fields[index], index) {
        return "field '\(printable(field.name))': \(what)"
      }
    }
    return nil
  }

  private func contradiction(
    of field: CategoricalField, column: DatasetSchema.Column, _ index: Int
  ) -> String? {
    guard field.vocabulary >= 1, field.vocabulary <= Int(Int32.max) else { return "no vocabulary" }
    guard field.list?.pooling == column.rule.list?.pooling else { return "the lists differ" }
    if let rows = column.rule.hashRows {
      return field.isHashed && rows == field.vocabulary - 1 ? nil : "the hash rows differ"
    }
    guard !field.isHashed, field.categories.count == field.vocabulary else {
      return "\(field.categories.count) categories, a vocabulary of \(field.vocabulary)"
    }
    guard (column.rule.buckets != nil) == (buckets[index] != nil) else { return "no bounds" }
    if let buckets = buckets[index] {
      let own = NumberBuckets(bounds: buckets.bounds, hasMissing: buckets.hasMissing)
      let isRising = zip(buckets.bounds, buckets.bounds.dropFirst()).allSatisfy { $0 < $1 }
      return isRising && own.categories.count == field.vocabulary ? nil : "the bounds do not fit"
    }
    let isKnown = rawNames[index].allSatisfy { (1..<Int32(field.vocabulary)).contains($0.id) }
    // Names apart are as they were written, which was said of their checksums.
    if isKnown, field.categories.table != nil { return nil }
    guard isKnown, CategoryIndex(field, rawNames[index]) != nil else {
      return "two categories are the same"
    }
    return nil
  }
}

extension DatasetSchema.Column {
  /// The column's name, once for each number that is made of it.
  fileprivate var denseColumns: [String] {
    guard case .numeric(let log1p, let indicator) = role else { return [] }
    return Array(repeating: name, count: 1 + (log1p ? 1 : 0) + (indicator ? 1 : 0))
  }
}

/// Why the file of an encoding cannot be used.
public enum EncodingFileError: Error, Equatable, Sendable {
  /// It cannot be written as JSON, for this reason.
  case unwritable(String)
  /// Another version of the program has written it.
  case format(path: String, found: Int, known: Int)
  /// It is not what was written.
  case damaged(path: String, what: String)
  /// A folder cannot have the names that lie beside it.
  case unkept(folder: String, reason: String)
}

extension EncodingFileError: CustomStringConvertible {
  /// Where, what was found, how to mend it.
  public var description: String {
    switch self {
    case .unwritable(let reason): "the encoding of the data cannot be written: \(reason)"
    case .format(let path, let found, let known):
      """
      \(printable(path)): an encoding of another version.
        found: format \(found), this program knows \(known)
        fix:   use the version of mtl-tui that trained the model
      """
    case .damaged(let path, let what):
      """
      \(printable(path)): the encoding of the data is damaged.
        found: \(printable(what))
        fix:   take the file from a copy of the run's folder, or train again
      """
    case .unkept(let folder, let reason):
      """
      \(printable(folder)): the names of the categories cannot be kept there, so that the model answers for packed \
      rows only.
        found: \(printable(reason))
        fix:   make room, or let the folder be written, and train again
      """
    }
  }
}
