import Datasets
import Foundation
import Graph
import Models
import Store
import Tensors
import Testing
import TrainingFixtures

@testable import Training

@Suite struct OnnxExportTests {
  @Test("every operation of the sources has a form, or a reason to have none")
  func everyOperationIsThought() throws {
    let sources = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../../Sources").standardized
    let kinds = ["Operation", "RowMap", "Loss", "RowLoss"]
    var declared: Set<String> = []
    let files = FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil)
    for case let file as URL in try #require(files) where file.pathExtension == "swift" {
      let text = try String(contentsOf: file, encoding: .utf8)
      for match in text.matches(of: /(?:struct|class|enum) (\w+)(?:<[^>]*>)?: ([\w, ]+)/) {
        let supers = match.2.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        if supers.contains(where: kinds.contains) { declared.insert(String(match.1)) }
      }
    }
    let known = OnnxForm.all.map { "\($0.type)" }
    #expect(declared.count > 40)
    #expect(
      declared.subtracting(known) == [],
      "say in Sources/Training/Export how these are written in ONNX, or why they are not")
    #expect(Set(known).subtracting(declared) == [])
    #expect(Set(known).count == known.count)
  }

  @Test("the systems below try every form that there is")
  func everyFormIsTried() throws {
    // Positions are looked up in a test of their own below.
    var tried: Set<String> = ["CrossedLookup"]
    let trainers =
      try OnnxCase.all.map { try $0.trained().trainer } + [OddAnswers.trained().trainer]
    for trainer in trainers {
      let (graph, _, _) = Trainer.trace(trainer.model, trainer.tasks, isTraining: false)
      tried.formUnion(graph.nodes.map { "\(type(of: $0.operation))" })
    }
    let written = OnnxForm.all.filter { $0.write != nil }.map { "\($0.type)" }
    #expect(Set(written).subtracting(tried) == [])
  }

  @Test("onnxruntime answers as every system does, to 1e-5")
  func systems() throws {
    let fixture = try ExportFixture()
    defer { try? fixture.remove() }
    for system in OnnxCase.all {
      let (trainer, problem) = try system.trained()
      let file = try OnnxExport.file(
        of: trainer, reading: OnnxCase.features(problem), name: system.model, version: "test")
      try fixture.write(
        file.bytes, as: "\(system).onnx", expecting: OnnxCase.expectation(trainer, problem))
    }
    let (trainer, problem) = OddAnswers.trained()
    let file = try OnnxExport.file(
      of: trainer, reading: OnnxCase.features(problem), name: "odd", version: "test")
    try fixture.write(
      file.bytes, as: "odd answers.onnx", expecting: OnnxCase.expectation(trainer, problem))
    try addPositions(to: fixture)
    try addLinear(to: fixture)
    try addArrays(to: fixture)
    try addEvents(to: fixture)
    guard let (lines, isRight) = try fixture.check() else {
      return print("skipped: there is no python3 to read the exports with")
    }
    for line in lines { print("exports: \(line)") }
    #expect(isRight, "\(lines.filter { $0.hasPrefix("wrong") })")
  }

  /// The tower of positions and devices, which looks two fields up at once.
  private func addPositions(to fixture: ExportFixture) throws {
    let problem = ListProblem(lists: 40, randomShare: 0.2, seesItems: true)
    for options in [[:], ["shallow": "layers"]] as [[String: String]] {
      let trainer = try problem.trainer(options)
      _ = trainer.step(problem.batch(rows: 100), rate: 0.05)
      let batch = problem.batch(rows: OnnxCase.rows)
      let features = problem.input.schema
      let file = try OnnxExport.file(
        of: trainer, reading: features, name: "youtube", version: "test")
      var inputs: [String: Any] = [:]
      for (index, field) in features.fields.enumerated()
      where ["user", "device", "item"].contains(field.name) {
        let ids = (0..<OnnxCase.rows).map { row in
          Int(batch.ids?[row * features.fields.count + index] ?? 0)
        }
        inputs[field.name] =
          ["kind": "int64", "shape": [OnnxCase.rows], "values": ids] as [String: Any]
      }
      try fixture.write(
        file.bytes, as: "youtube positions \(options["shallow"] ?? "table").onnx",
        expecting: [
          "inputs": inputs, "order": ["click"],
          "outputs": OnnxCase.answers([trainer.logits("click", batch)], of: problem.tasks),
        ])
    }
  }

  private func addLinear(to fixture: ExportFixture) throws {
    let problem = TinyProblem(rows: 256, tasks: 3).scaled(
      LabelScale(mean: 20, deviation: 3), task: 2)
    let features = OnnxCase.features(problem)
    let layout = LinearLayout(features)
    let weights = problem.tasks.indices.map { task in
      LinearWeights(
        (0..<layout.dimensions).map { Double(($0 * 7 + task) % 5) / 3 - 0.6 }, layout: layout)
    }
    let file = try OnnxExport.file(
      of: weights, tasks: problem.tasks, reading: features, name: "linear", version: "test")
    let trainer = try problem.trainer("mmoe")
    var expected = OnnxCase.expectation(trainer, problem)
    let logits = weights.map { own in
      (0..<OnnxCase.rows).map { row in
        let ids = (0..<2).map { Int(problem.examples.ids[row * 2 + $0]) }
        let sum = own.fields[0][ids[0]] + own.fields[1][ids[1]] + own.bias
        return Float(sum + own.dense[0] * Double(problem.examples.dense[row]))
      }
    }
    expected["outputs"] = OnnxCase.answers(logits, of: problem.tasks)
    try fixture.write(file.bytes, as: "linear.onnx", expecting: expected)
  }

  private func addArrays(to fixture: ExportFixture) throws {
    let (trainer, _) = try OnnxCase(model: "mmoe").trained()
    let tensors = trainer.store.tensors()
    let arrays = tensors.map { tensor in
      (
        tensor.name,
        ["shape": tensor.shape, "values": tensor.numbers(as: Float.self)?.map(Double.init) ?? []]
          as [String: Any]
      )
    }
    try fixture.write(
      SafetensorsWriter(tensors, metadata: ["step": "6"]).bytes, as: "mmoe.safetensors",
      expecting: ["arrays": Dictionary(arrays) { $1 }, "metadata": ["step": "6"]])
    let table = try #require(tensors.first { $0.name == "embeddings.row.weight" })
    var bytes: [UInt8] = []
    NumpyArray(table).write { (part: UnsafeRawBufferPointer) in bytes.append(contentsOf: part) }
    try fixture.write(
      bytes, as: "row.npy",
      expecting: [
        "shape": table.shape, "values": table.numbers(as: Float.self)?.map(Double.init) ?? [],
      ])
  }

  private func addEvents(to fixture: ExportFixture) throws {
    var events = TensorBoardEvents(time: 1_700_000_000)
    events.scalar("loss/click", 0.5, step: 0, time: 1_700_000_001)
    events.scalar("loss/click", 0.25, step: 300, time: 1_700_000_002)
    events.histogram("gate/click", [0.25, 0.5, 1, 0.5], step: 300, time: 1_700_000_003)
    events.histogram("gate/alike", [2, 2], step: 300, time: 1_700_000_003)
    let name = "board"
    let folder = fixture.folder.appending(path: name)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data(events.bytes).write(to: folder.appending(path: "events.out.tfevents.1700000000.run"))
    try fixture.expect(
      [
        "scalars": ["loss/click": [[0, 0.5], [300, 0.25]]],
        "histograms": ["gate/click": [[300, 4, 2.25]], "gate/alike": [[300, 2, 4]]],
      ], of: name)
  }
}
