import Foundation
import Testing

@testable import Datasets

/// The recipes on the real files, where there are any.
@Suite(
  .enabled(
    if: censusFolder != nil,
    "CENSUS_INCOME_DIR is not set: the folder of census-income.data and census-income.test"))
struct CensusIncomeTests {
  private func load(_ name: String, threads: Int = 2) throws -> Dataset {
    let recipe = try #require(Recipe.all.first { $0.name == name })
    let folder = try #require(censusFolder)
    return try DatasetLoader(
      recipe.schema, from: .folder(folder, hint: recipe.origin), threads: threads
    ).load()
  }

  private func positives(_ examples: Examples, _ task: Int) -> Int {
    (0..<examples.count).count { examples.labels[$0 * 2 + task] == 1 }
  }

  @Test func readsIncome() throws {
    let data = try load("census-income")
    #expect([data.training, data.validation, data.test].map(\.count) == [199_523, 49_881, 49_881])
    #expect(data.tasks.map(\.name) == ["income", "never_married"])
    #expect((0..<2).map { positives(data.training, $0) } == [12_382, 86_485])
    let rates = (0..<2).map { task in
      Double(positives(data.validation, task) + positives(data.test, task)) / 99_762
    }
    #expect(rates.map { ($0 * 1e5).rounded() / 1e5 } == [0.06201, 0.43246])
    #expect(data.features.fields.count == 31)
    #expect(data.features.dense.count == 21)
  }

  @Test func findsTheCategories() throws {
    let fields = try load("census-income").features.fields
    let counts = Dictionary(uniqueKeysWithValues: fields.map { ($0.name, $0.vocabulary - 1) })
    // det_hh_fam_stat has 38 values, one of them in a single row.
    let expected = [
      "class_worker": 9, "det_ind_code": 52, "det_occ_code": 47, "hs_college": 3,
      "major_ind_code": 24, "major_occ_code": 15, "race": 5, "hisp_origin": 10, "sex": 2,
      "union_member": 3, "unemp_reason": 6, "full_or_part_emp": 8, "tax_filer_stat": 6,
      "region_prev_res": 6, "state_prev_res": 51, "det_hh_fam_stat": 37, "det_hh_summ": 8,
      "mig_chg_msa": 10, "mig_chg_reg": 9, "mig_move_reg": 10, "mig_same": 3,
      "mig_prev_sunbelt": 4, "fam_under_18": 5, "country_father": 43, "country_mother": 43,
      "country_self": 43, "citizenship": 5, "own_or_self": 3, "vet_question": 3,
      "vet_benefits": 3, "year": 2,
    ]
    for (name, count) in expected { #expect(counts[name] == count, "\(name)") }
    #expect(counts.count == expected.count)
  }

  @Test func readsEducation() throws {
    let data = try load("census-income-education", threads: 1)
    #expect(data.tasks.map(\.name) == ["college", "never_married"])
    #expect((0..<2).map { positives(data.training, $0) } == [39_183, 86_485])
    let college = positives(data.validation, 0) + positives(data.test, 0)
    #expect((Double(college) / 99_762 * 1e5).rounded() == 19_502)
  }
}

private let censusFolder = ProcessInfo.processInfo.environment["CENSUS_INCOME_DIR"]
