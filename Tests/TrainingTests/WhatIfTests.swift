import Datasets
import Foundation
import Graph
import Runs
import Tensors
import Testing
import TrainingFixtures

@testable import Training

/// A row with one input changed, or without an expert, against the same trainer's answers.
@Suite struct WhatIfTests {
  private let problem = TinyProblem(rows: 300, tasks: 3)

  private func made() throws -> (trainer: Trainer, dataset: Dataset) {
    let trainer = try problem.trainer("mmoe", ["experts": "3", "expert": "8", "tower": "4"])
    for place in 0..<12 {
      #expect(trainer.step(problem.batch(from: 20 * place, rows: 64), rate: 0.05))
    }
    let plain = problem.dataset(held: 40)
    var features = plain.features
    features.fields[1] = CategoricalField(
      name: "column", categories: ["", "left", "middle", "right"])
    return (
      trainer,
      Dataset(
        name: "tiny", features: features, tasks: plain.tasks, training: plain.training,
        validation: plain.validation, test: plain.test)
    )
  }

  private func altered(
    _ set: (inout WantedViews) -> Void
  ) throws -> (ExampleView.Altered, ExampleView, Trainer, Dataset) {
    let (trainer, dataset) = try made()
    var inspector = Inspector(dataset: dataset, trainer: trainer, lottery: nil)
    var (views, snapshot) = (WantedViews(), Snapshot())
    views.example = 7
    set(&views)
    inspector.fill(&snapshot, views: views, isIdle: true)
    let view = try #require(snapshot.example)
    return (try #require(view.altered), view, trainer, dataset)
  }

  /// Row 7 with another id in the second field.
  private func batch(_ dataset: Dataset, column: Int32) -> (Storage<Int32>, Batch) {
    let ids = Storage<Int32>([dataset.validation.ids.base[14], column])
    var batch = dataset.validation.batch(from: 7, rows: 1)
    batch.ids = UnsafePointer(ids.base)
    return (ids, batch)
  }

  @Test func oneInputIsChanged() throws {
    let (found, view, trainer, dataset) = try altered {
      $0.exampleChange = InputChange(column: "column", text: "right")
    }
    let old = dataset.validation.ids.base[15]
    let (ids, batch) = batch(dataset, column: 3)
    #expect(old != 3 && found.value == "right" && found.note == nil && found.problem == nil)
    let losses = trainer.losses(ofRow: batch)
    for (task, name) in TinyProblem.names.enumerated() {
      let z = Double(trainer.logits(name, batch)[0])
      let expected = task < 2 ? 1 / (1 + exp(-z)) : z
      #expect(abs(found.answers[task].prediction - expected) < 1e-6)
      #expect(found.answers[task].loss == losses[task])
      #expect(found.answers[task].label == view.answers[task].label)
    }
    #expect(found.answers != view.answers)
    let gates = trainer.forward(batch)
    for (place, name) in TinyProblem.names.enumerated() {
      let weights = try #require(gates.output(.gate(name)))
      #expect(found.gates[place].weights == (0..<3).map { weights[$0] })
      #expect(found.gates[place].weights != view.gates[place].weights)
    }
    withExtendedLifetime(ids) {}
  }

  @Test func anUnknownValueIsSaidToBeUnknown() throws {
    let (found, _, trainer, dataset) = try altered {
      $0.exampleChange = InputChange(column: "column", text: "rigth")
    }
    #expect(found.value == "(rare or unseen)")
    #expect(
      found.note == "'rigth' is unknown: too few training rows have it, so it is read as rare or "
        + "unseen; did you mean 'right'?")
    let (ids, batch) = batch(dataset, column: 0)
    #expect(abs(found.answers[2].prediction - Double(trainer.logits("amount", batch)[0])) < 1e-6)
    withExtendedLifetime(ids) {}
  }

  @Test func whatCannotBeChangedIsSaid() throws {
    let (found, view, _, _) = try altered {
      $0.exampleChange = InputChange(column: "colum", text: "right")
    }
    #expect(found.problem == "no input 'colum'; did you mean 'column'?")
    #expect(found.answers == view.answers && found.value == nil)
    let (unnamed, _, _, _) = try altered {
      $0.exampleChange = InputChange(column: "row", text: "4")
    }
    #expect(unnamed.problem == "row has values 0 to 3, found '4'; give one of these")
  }

  @Test func anExpertIsLeftOutOfARow() throws {
    let (found, view, trainer, dataset) = try altered { $0.exampleWithout = 1 }
    let row = dataset.validation.batch(from: 7, rows: 1)
    // All of them are back for whoever asks next.
    let again = Double(trainer.logits("amount", row)[0])
    #expect(abs(again - view.answers[2].prediction) < 1e-6)
    trainer.leaveOut(1)
    let z = Double(trainer.logits("amount", row)[0])
    #expect(abs(found.answers[2].prediction - z) < 1e-6 && abs(z - again) > 1e-5)
    #expect(found.answers.map(\.loss) == trainer.losses(ofRow: row))
    for gate in found.gates {
      #expect(gate.weights[1] == 0 && abs(gate.weights.reduce(0, +) - 1) < 1e-5)
    }
    #expect(found.without == 1 && found.change == nil)
  }
}
