import Datasets
import Layers
import Models
import Tensors
import Testing
import TrainingFixtures

/// Which task is the click and which the conversion, and how a chain is ordered, by the labels.
@Suite struct RolesTests {
  /// Labels by task name, a row each; tasks of other values than 0 and 1 are regressions.
  private struct Log {
    var names: [String]
    var rows: [[Float]]
    var outside: [(row: Int, task: Int)] = []

    var tasks: [TaskDefinition] {
      names.map { TaskDefinition(name: $0, kind: $0 == "price" ? .regression : .binary) }
    }

    var pairs: LabelPairs {
      let spaces = Storage<Float>(count: rows.count * names.count, filling: 1)
      for place in outside { spaces[place.row * names.count + place.task] = 0 }
      let examples = Examples(
        count: rows.count, ids: Storage<Int32>([]), dense: Storage<Float>([]),
        labels: Storage(rows.flatMap { $0 }), spaces: spaces)
      return LabelPairs(examples, tasks: tasks)
    }

    func built(
      _ model: String, _ options: [String: String] = [:]
    ) throws -> (model: any MultiTaskModel, roles: TaskRoles) {
      let pairs = pairs
      return try #require(
        try ModelRegistry.entry(named: model).model(
          options, input: TinyProblem(rows: 1).input, tasks: tasks, labels: { pairs },
          builder: Builder()))
    }

    /// (click, conversion) of a model that has them.
    func funnel(_ model: String, _ options: [String: String] = [:]) throws -> [String] {
      let built = try built(model, options).model
      let conversion = try #require(names.indices.first { built.condition(of: $0) != nil })
      return [names[try #require(built.condition(of: conversion))], names[conversion]]
    }
  }

  /// (buy, click): 5 rows of 20 clicked, 2 of them bought.
  private static let reversed = Log(
    names: ["buy", "click"],
    rows: (0..<20).map { [$0 < 2 ? 1 : 0, $0 < 5 ? 1 : 0] })

  @Test(arguments: ["esmm", "escm2"]) func theOrderInTheSchemaDoesNotMatter(_ model: String) throws
  {
    #expect(try Self.reversed.funnel(model) == ["click", "buy"])
    var log = Self.reversed
    log.names.reverse()
    log.rows = log.rows.map { $0.reversed() }
    #expect(try log.funnel(model) == ["click", "buy"])
    let roles = try log.built(model).roles
    #expect(
      roles.sentences == [
        "the click is click, the conversion is buy, by the labels "
          + "(model.click and model.conversion set them)"
      ])
    #expect(roles.notices == [])
  }

  /// Where a label implies the other no row stands between them; a third one tells all apart.
  @Test func teachersThatAreNotToldAreNamed() throws {
    let notices = try Self.reversed.built("crossdistil").roles.notices
    #expect(
      notices
        == ["buy", "click"].map {
          "the teacher of \($0) is never told \($0)=1 from \($0)=0: no training rows have \($0) alone "
            + "and another label alone; its soft labels say little, a smaller alpha counts them less"
        })
    let log = Log(
      names: ["buy", "click", "share"],
      rows: (0..<20).map { [$0 < 2 ? 1 : 0, $0 < 5 ? 1 : 0, (1..<8).contains($0) ? 1 : 0] })
    #expect(try log.built("crossdistil").roles.notices == [])
  }

  @Test func whatIsSetHoldsAndIsWarnedOf() throws {
    let options = ["click": "buy", "conversion": "click"]
    #expect(try Self.reversed.funnel("esmm", options) == ["buy", "click"])
    let roles = try Self.reversed.built("esmm", options).roles
    #expect(roles.sentences == ["the click is buy, the conversion is click, as set"])
    #expect(
      roles.notices == [
        "labels are no funnel: 3 of 20 rows have click=1 and buy=0 (the other way round it would "
          + "be 0); they count as no conversions; model.click and model.conversion choose other "
          + "tasks"
      ])
    #expect(try Self.reversed.funnel("esmm", ["click": "buy"]) == ["buy", "click"])
    #expect(try Self.reversed.funnel("esmm", ["conversion": "click"]) == ["buy", "click"])
    #expect(try Self.reversed.funnel("esmm", ["conversion": "buy"]) == ["click", "buy"])
  }

  /// A regression among the tasks, and two binary ones of which neither lies in the other.
  @Test func labelsThatAreNoFunnelAreCounted() throws {
    let log = Log(
      names: ["like", "price", "watch"],
      rows: (0..<12).map { row in
        [(0..<4).contains(row) ? 1 : 0, Float(row) * 2.5, (3..<9).contains(row) ? 1 : 0]
      })
    #expect(try log.funnel("esmm") == ["watch", "like"])
    #expect(
      try log.built("esmm").roles.notices == [
        "labels are no funnel: 3 of 12 rows have like=1 and watch=0; they count as no "
          + "conversions; model.click and model.conversion choose other tasks"
      ])
  }

  @Test func aConversionInAThousandMayLackItsClick() throws {
    let log = Log(
      names: ["buy", "click"],
      rows: (0..<1_000).map { row in
        row == 7 ? [1, 0] : [(10..<210).contains(row) ? 1 : 0, (10..<500).contains(row) ? 1 : 0]
      })
    #expect(try log.funnel("escm2") == ["click", "buy"])
    #expect(
      try log.built("escm2").roles.notices == [
        "labels are a funnel but for a few: 1 of 1000 rows has buy=1 and click=0; it counts as no "
          + "conversion"
      ])
  }

  @Test func equalLabelsAreLeftToTheSchemaAndSaid() throws {
    let log = Log(names: ["a", "b"], rows: [[1, 1], [0, 0], [1, 1]])
    #expect(try log.funnel("esmm") == ["a", "b"])
    let roles = try log.built("esmm").roles
    #expect(roles.sentences[0].contains("as the schema has them"))
    #expect(
      roles.notices == [
        "the labels do not tell which of a and b is the click: set it with model.click and "
          + "model.conversion"
      ])
    #expect(try log.built("esmm", ["click": "b", "conversion": "a"]).roles.notices == [])
  }

  /// click ⊃ cart ⊃ buy, the last first in the schema.
  private static let chain = Log(
    names: ["buy", "price", "click", "cart"],
    rows: (0..<30).map { row in
      [row < 3 ? 1 : 0, Float(row), row < 15 ? 1 : 0, row < 7 ? 1 : 0]
    })

  @Test func ofAChainTheFirstStepIsTheClick() throws {
    #expect(try Self.chain.funnel("esmm") == ["click", "buy"])
    #expect(
      try Self.chain.built("esmm").roles.notices == [
        "other tasks could be meant as well (cart after click, buy after cart): choose with "
          + "model.click and model.conversion"
      ])
    #expect(try Self.chain.funnel("esmm", ["conversion": "cart"]) == ["click", "cart"])
    #expect(try Self.chain.funnel("esmm", ["click": "cart"]) == ["cart", "buy"])
  }

  @Test func aChainIsOrderedByTheLabels() throws {
    let roles = try Self.chain.built("aitm").roles
    #expect(
      roles.sentences == ["the chain is click, cart, buy, by the labels (model.chain sets it)"])
    #expect(roles.notices == [])
    let set = try Self.chain.built("aitm", ["chain": "buy,cart"]).roles
    #expect(set.sentences == ["the chain is buy, cart, as set"])
    #expect(
      set.notices == [
        "labels are no chain: 4 of 30 rows have cart=1 and buy=0, and the calibrator holds cart "
          + "below buy all the same; model.chain chooses other steps"
      ])
  }

  /// 400 rows, 20 bought, 40 clicked; of both two were not viewed: few of the rows, not of the steps.
  private static let leaking = Log(
    names: ["buy", "view", "click"],
    rows: (0..<400).map { [$0 < 20 ? 1 : 0, $0 < 2 ? 0 : 1, $0 < 40 ? 1 : 0] })

  /// One step in ten that lacks its view is too many, however few of all rows it is.
  @Test func sharesAreThoseOfConversions() throws {
    #expect(try Self.leaking.funnel("esmm") == ["click", "buy"])
    #expect(try Self.leaking.built("esmm").roles.notices == [])
    let chain = try Self.leaking.built("aitm").roles
    #expect(
      chain.sentences == ["the chain is view, click, buy, by the labels (model.chain sets it)"])
    #expect(
      chain.notices == [
        "labels are no chain: 2 of 400 rows have click=1 and view=0, and the calibrator holds "
          + "click below view all the same; model.chain chooses other steps"
      ])
  }

  @Test func aChainThatTheLabelsDoNotTellIsSaid() throws {
    let log = Log(names: ["b", "a"], rows: [[1, 0], [0, 1], [0, 0]])
    let roles = try log.built("aitm").roles
    #expect(roles.sentences == ["the chain is b, a, as the schema has it (model.chain sets it)"])
    #expect(roles.notices.count == 2)
    #expect(
      roles.notices.last
        == "the labels do not tell which of b and a comes first: set it with model.chain")
  }

  /// A conversion that is known of clicked rows alone: the click is what its sample space says.
  @Test func sampleSpacesAreHeeded() throws {
    var log = Self.reversed
    log.outside = (5..<20).map { ($0, 0) }
    #expect(try log.funnel("esmm") == ["click", "buy"])
    #expect(try log.built("esmm").roles.notices == [])
    // Outside of the click's sample space nothing is held against a conversion.
    log.rows[19] = [1, 0]
    log.outside = [(row: 19, task: 1)]
    #expect(try log.built("esmm").roles.notices == [])
    log.outside = []
    #expect(try log.built("esmm").roles.notices.first?.contains("1 of 20 rows has") == true)
  }

  @Test func modelsWithoutPartsSayNothing() throws {
    for model in ["mmoe", "single-task", "lt4rec"] {
      #expect(try Self.reversed.built(model).roles == TaskRoles())
    }
  }
}
