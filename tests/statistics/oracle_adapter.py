"""Which of our functions answers a published case, and how a file of cases writes it.

Files differ in how they spell a key: order and punctuation of its words are not looked at, nor is
a word in `SAME_WORD` told from its other spellings.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from readiness.statistics import (
    beta_binomial,
    comparisons,
    control_charts,
    data_quality,
    hypothesis_tests,
    inequality,
    percentiles,
    programs,
    rates,
    scales,
)

Given = Mapping[str, Any]
Answer = dict[str, Any]

SAME_WORD = {
    "centre": "center",
    "favorable": "favourable",
    "lower": "lo",
    "low": "lo",
    "lcl": "lo",
    "upper": "hi",
    "high": "hi",
    "ucl": "hi",
    "standardized": "std",
    "standardised": "std",
    "rates": "rate",
}
NOISE = {"ci", "feldt", "limit", "conf"}


def words(key: str) -> frozenset[str]:
    found = [SAME_WORD.get(word, word) for word in re.split(r"[\W_]+", key.lower()) if word]
    return frozenset(set(found) - NOISE or {"ci"})


def spoken_of(answer: Answer, key: str) -> Any:
    """What the answer says under this key; a lone number goes by any name."""
    if key in answer:
        return answer[key]
    if set(answer) == {"out"}:
        return answer["out"]
    by_words = {words(own): value for own, value in answer.items()}
    assert words(key) in by_words, f"our answer has no {key}, only {', '.join(answer)}"
    return by_words[words(key)]


def first(given: Given, *names: str, default: Any = None) -> Any:
    return next((given[name] for name in names if given.get(name) is not None), default)


def confidence(given: Given) -> float:
    return float(first(given, "conf", "conf_level", "confidence", default=0.95))


def pairs(given: Given) -> list[tuple[float, float]]:
    x, n = first(given, "x", "num"), first(given, "n", "den")
    each = n if isinstance(n, Sequence) else [n] * len(x)
    return list(zip(x, each, strict=True))


# Intervals


def of_one(method: Callable[[float, float, float], rates.Interval]) -> Callable[[Given], Answer]:
    def answer(given: Given) -> Answer:
        found = method(given["x"], given["n"], confidence(given))
        return {"est": given["x"] / given["n"], "lo": found.low, "hi": found.high}

    return answer


def two(given: Given) -> tuple[float, float, float, float, float]:
    return given["x1"], given["n1"], given["x2"], given["n2"], confidence(given)


def of_difference(method: Callable[..., comparisons.Difference]) -> Callable[[Given], Answer]:
    def answer(given: Given) -> Answer:
        found = method(*two(given))
        return {"diff": found.difference, "lo": found.low, "hi": found.high}

    return answer


def of_ratio(method: Callable[..., comparisons.Ratio]) -> Callable[[Given], Answer]:
    def answer(given: Given) -> Answer:
        found = method(*two(given))
        return {"ratio": found.ratio, "lo": found.low, "hi": found.high}

    return answer


# Inequality


def groups(given: Given) -> list[inequality.GroupEstimate]:
    """Estimates in the file's unit; made from counts where they are not given."""
    if given.get("est") is None:
        shares = [x / n for x, n in pairs(given)]
        people = [n for _, n in pairs(given)]
        scale = given.get("scale", 100)
        errors = [(p * (1 - p) / n) ** 0.5 for p, n in zip(shares, people, strict=True)]
        rows = zip((scale * p for p in shares), people, (scale * e for e in errors), strict=True)
    else:
        size = len(given["est"])
        people = first(given, "pop", "den", default=[1] * size)
        rows = zip(given["est"], people, given.get("se") or [None] * size, strict=True)
    return [inequality.GroupEstimate(*row) for row in rows if row[0] is not None]


def is_favorable(given: Given) -> bool:
    return bool(first(given, "favourable", "favorable", default=1))


def estimate(name: str, found: inequality.SummaryEstimate | None) -> Answer:
    if found is None:
        return {name: None, f"{name}_se": None, f"{name}_lo": None, f"{name}_hi": None}
    return {
        name: found.value,
        f"{name}_se": found.error,
        f"{name}_lo": found.low,
        f"{name}_hi": found.high,
    }


def pairwise(given: Given) -> Answer:
    found = inequality.pairwise(groups(given), confidence(given))
    ratio = estimate("ratio", found.ratio)
    return {
        **estimate("difference", found.difference),
        **ratio,
        "ratio_log_se": ratio["ratio_se"],
    }


def between_group_variance(given: Given) -> Answer:
    found = inequality.between_group_variance(groups(given), confidence(given))
    return {
        **estimate("bgv", found.variance),
        "bgsd": found.deviation,
        "cov_pct": found.percent_of_mean,
    }


def mean_difference(given: Given) -> Answer:
    flags = given.get("reference_flags") or []
    reference = flags.index(1) if 1 in flags else None
    found = inequality.mean_differences(groups(given), is_favorable(given), reference)
    return {
        "mdmu": found.from_mean,
        "mdmw": found.from_mean_weighted,
        "mdbu": found.from_best,
        "mdbw": found.from_best_weighted,
        "mdru": found.from_reference,
        "mdrw": found.from_reference_weighted,
    }


def index_of_disparity(given: Given) -> Answer:
    found = inequality.index_of_disparity(groups(given))
    return {"idisu": found.unweighted, "idisw": found.weighted}


def theil_mld(given: Given) -> Answer:
    found = inequality.entropy(groups(given), confidence(given))
    return {
        **estimate("theil_x1000", found.theil),
        **estimate("mld_x1000", found.mean_log_deviation),
    }


def par_paf(given: Given) -> Answer:
    found = inequality.attributable(groups(given), is_favorable(given), confidence(given))
    return {**estimate("par", found.risk), **estimate("paf_pct", found.percent)}


def bgv_bias_corrected(given: Given) -> Answer:
    found = inequality.corrected_variance(pairs(given))
    return {
        "bgv_naive_pp2": found.naive,
        "bias_pp2": found.bias,
        "bgv_corrected_pp2": found.corrected,
        "bgsd_corrected_pp": found.deviation_points,
    }


# Tests


def chi2_homogeneity(given: Given) -> Answer:
    found = hypothesis_tests.homogeneity(pairs(given))
    return {"stat": found.statistic, "df": found.df, "p": found.p}


def p_adjust(given: Given) -> Answer:
    return {
        "holm": hypothesis_tests.holm(given["p"]),
        "bh": hypothesis_tests.benjamini_hochberg(given["p"]),
    }


def ahrq_meaningful_difference(given: Given) -> Answer:
    found = programs.meaningful_difference(
        given["x1"],
        given["n1"],
        given["x2"],
        given["n2"],
        higher_is_better=is_favorable(given),
    )
    return {
        "p_pooled": found.p,
        "rel_diff_favourable": found.relative_favorable,
        "rel_diff_adverse": found.relative_adverse,
        "significant": found.is_significant,
        "meaningful": found.is_meaningful,
        "direction": str(found.direction),
    }


# Reliability of rates


def beta_binomial_mle(given: Given) -> Answer:
    """Counts are a pair for each group, or how many groups of n have 0, 1, 2 … successes."""
    tallied = enumerate(given.get("counts_by_successes", ()))
    groups_of_n = [(x, given["n"]) for x, groups in tallied for _ in range(groups)]
    found = beta_binomial.fit(groups_of_n or pairs(given))
    return {
        "alpha": found.prior.alpha,
        "beta": found.prior.beta,
        "loglik": found.log_likelihood,
        "mean": found.prior.mean,
    }


def prior_answer(prior: beta_binomial.Prior, x: Sequence[float], n: Sequence[float]) -> Answer:
    reliabilities = [beta_binomial.reliability(prior, each) for each in n]
    counts = zip(x, n, strict=False)
    return {
        "alpha": prior.alpha,
        "beta": prior.beta,
        "reliability": reliabilities,
        "shrunk": [beta_binomial.shrink(prior, a, b).mean for a, b in counts],
        "between_var": prior.between_variance,
        "mean_reliability": sum(reliabilities) / len(reliabilities),
        "n_for_070": beta_binomial.sample_size_for(prior, 0.7),
    }


def beta_binomial_reliability(given: Given) -> Answer:
    counts = pairs(given)
    prior = beta_binomial.fit(counts).prior
    return prior_answer(prior, [x for x, _ in counts], [n for _, n in counts])


def beta_binomial_reliability_given_ab(given: Given) -> Answer:
    prior = beta_binomial.Prior(given["alpha"], given["beta"])
    n = given["n"] if isinstance(given["n"], Sequence) else [given["n"]]
    x = given.get("x", [])
    return prior_answer(prior, x if isinstance(x, Sequence) else [x], n)


def eb_posterior(given: Given) -> Answer:
    prior = beta_binomial.Prior(given["alpha"], given["beta"])
    found = beta_binomial.shrink(prior, given["x"], given["n"], confidence(given))
    return {"mean": found.mean, "lo": found.low, "hi": found.high, "weight": found.weight}


# Power


def alpha_of(given: Given) -> float:
    return float(first(given, "alpha", "sig_level", "sig.level", default=0.05))


def power_two_prop(given: Given) -> Answer:
    n = first(given, "n", "n_per_group", "n1")
    p1, p2 = first(given, "p1", "p_ref"), first(given, "p2", "p_low")
    return {
        "out": hypothesis_tests.power(p1, p2, n, first(given, "n2", default=n), alpha_of(given))
    }


def n_two_prop(given: Given) -> Answer:
    p1, p2 = first(given, "p1", "p_ref"), first(given, "p2", "p_low")
    return {
        "out": hypothesis_tests.sample_size_each(p1, p2, given.get("power", 0.8), alpha_of(given))
    }


def mdd_two_prop_equal_n(given: Given) -> Answer:
    n, reference = first(given, "n_per_group", "n"), first(given, "p_ref", "p1")
    found = hypothesis_tests.detectable_rate_below(
        reference, n, n, given.get("power", 0.8), alpha_of(given)
    )
    return {"p_low": found, "mdd": None if found is None else reference - found}


# Scales


def rows_of(given: Given) -> list[list[float | None]]:
    return [
        [None if value in ("NA", "nan") else value for value in row]
        for row in first(given, "data", "items", "x")
    ]


def alpha_answer(found: scales.CronbachAlpha | None) -> Answer:
    if found is None:
        return {"alpha": None}
    low, high = found.interval.low, found.interval.high
    return {
        "alpha": found.value,
        "raw_alpha": found.value,
        "std_alpha": found.standardized,
        "mean_r": found.mean_correlation,
        "alpha_if_dropped": list(found.if_dropped),
        "item_rest_r": list(found.item_rest),
        "lo": low,
        "hi": high,
        "alpha_lo": low,
        "alpha_hi": high,
        "ci": [low, high],
        "n": found.rows,
        "k": found.items,
    }


def cronbach_alpha(given: Given) -> Answer:
    gaps = first(given, "nan_policy", "missing", "use", default="pairwise")
    policy = (
        scales.MissingAnswers.PAIRWISE if gaps == "pairwise" else scales.MissingAnswers.LEFT_OUT
    )
    return alpha_answer(scales.cronbach_alpha(rows_of(given), confidence(given), policy))


def cronbach_alpha_patterns(given: Given) -> Answer:
    return alpha_answer(scales.alpha_of_patterns(given["patterns"], confidence(given)))


def omega_total(given: Given) -> Answer:
    correlations = first(given, "cor", "corr", "correlations", "R")
    if given.get("loadings"):
        loads = given["loadings"]
        own = first(given, "uniquenesses", "psi", default=[1 - load**2 for load in loads])
        value = scales.omega(loads, own)
        found = scales.Omega(value, value, tuple(loads), tuple(own))
    elif correlations:
        spread = first(given, "sd", "sds", default=[1] * len(correlations))
        found = scales.omega_of_correlations(correlations, spread)
    else:
        found = scales.omega_total(rows_of(given))
    return {
        "omega": found.standardized,
        "omega_total": found.standardized,
        "omega_std": found.standardized,
        "omega_total_std": found.standardized,
        "omega_raw": found.raw,
        "omega_total_raw": found.raw,
        "loadings": list(found.loadings),
        "loadings_abs": [abs(load) for load in found.loadings],
        "uniquenesses": list(found.uniquenesses),
    }


def standard_error_of_measurement(given: Given) -> Answer:
    found = scales.measurement_error(given["sd"], given["reliability"])
    return {
        "sem": found.of_score,
        "sdiff": found.of_difference,
        "mdc95": found.smallest_real_change,
    }


def reliable_change_index(given: Given) -> Answer:
    x1, x2 = given["x1"], given["x2"]
    index = scales.reliable_change_index(given["sd"], given["reliability"], x1, x2)
    return {**standard_error_of_measurement(given), "rci": index}


def spearman_brown(given: Given) -> Answer:
    factor = first(given, "length_factor", "k", "factor", default=2)
    return {"out": scales.spearman_brown(first(given, "reliability", "r"), factor)}


def kelley(given: Given) -> Answer:
    r = first(given, "reliability", "r")
    return {"out": scales.estimated_true_score(given["x"], given["mean"], r)}


def quantiles(given: Given) -> Answer:
    return {
        f"type{kind}": [percentiles.quantile(given["v"], p, kind) for p in given["probs"]]
        for kind in range(1, 10)
    }


def midrank_percentile(given: Given) -> Answer:
    """The values are the list; the value asked about is a number, a second list, or each."""
    lists = [value for value in given.values() if isinstance(value, Sequence)]
    values = first(given, "v", "values", "peers", "scores", default=lists[0])
    others = [value for value in given.values() if value is not values]
    asked = others[0] if others else values
    if isinstance(asked, Sequence):
        return {"out": [percentiles.mid_rank_percentile(values, each) for each in asked]}
    return {"out": percentiles.mid_rank_percentile(values, asked)}


# Charts


def p_chart(given: Given) -> Answer:
    found = control_charts.p_chart(pairs(given))
    return {
        "center": found.center,
        "lcl": [limits.low for limits in found.limits],
        "ucl": [limits.high for limits in found.limits],
    }


def run_answer(found: control_charts.RunChart) -> Answer:
    return {
        "median": found.center,
        "center": found.center,
        "n_useful": found.useful,
        "longest_run": found.longest_run,
        "longest_max": found.limits and found.limits.longest_run,
        "crossings": found.crossings,
        "crossings_min": found.limits and found.limits.crossings,
        "n_runs": found.runs,
        "signal": found.is_signal,
    }


def run_chart_median(given: Given) -> Answer:
    return run_answer(control_charts.run_chart(given["y"]))


def run_chart_on_center(given: Given) -> Answer:
    center = first(given, "center", "centre", "cl", "target", "median", default=0)
    return run_answer(control_charts.run_chart(given["y"], center))


def anhoej_limits(given: Given) -> Answer:
    n = first(given, "n", "n_useful", "n_points")
    many = n if isinstance(n, Sequence) else [n]
    found = [control_charts.run_limits(each) for each in many]
    longest: Any = [each.longest_run for each in found]
    fewest: Any = [each.crossings for each in found]
    if not isinstance(n, Sequence):
        longest, fewest = longest[0], fewest[0]
    return {
        "longest_max": longest,
        "longest_run_max": longest,
        "longest": longest,
        "crossings_min": fewest,
        "crossings": fewest,
    }


def funnel_limits_normal(given: Given) -> Answer:
    n = given["n"]
    target = first(given, "p0", "target", "center")
    if target is None:
        target = sum(given["x"]) / sum(n)
    found = [
        control_charts.funnel_limits(target, each)
        for each in (n if isinstance(n, Sequence) else [n])
    ]
    answer: Answer = {"p0": target}
    for names, level in (
        (("95", "2s", "975", "1.96", "inner"), "warning"),
        (("998", "3s", "999", "3.09", "outer"), "alarm"),
    ):
        for sides, end in ((("lo_", "lo", "l", "ll"), "low"), (("hi_", "hi", "u", "ul"), "high")):
            limits = [getattr(getattr(each, level), end) for each in found]
            value = limits if isinstance(n, Sequence) else limits[0]
            answer |= {f"{side}{name}": value for side in sides for name in names}
    return answer


# Data quality


def kappa_answer(found: data_quality.Kappa) -> Answer:
    return {
        "agreement": found.agreement,
        "kappa": found.value,
        "weighted_kappa": found.value,
        "se": found.error,
        "lo": found.low,
        "hi": found.high,
        "kappa_se": found.error,
        "kappa_lo": found.low,
        "kappa_hi": found.high,
    }


def cohen_kappa(given: Given) -> Answer:
    return kappa_answer(data_quality.cohen_kappa(given["table"], confidence(given)))


def weighted_kappa(given: Given) -> Answer:
    """The error and limits of a lone name are those of quadratic weights."""
    plain = data_quality.cohen_kappa(given["table"], confidence(given))
    weighted = kappa_answer(data_quality.weighted_kappa(given["table"], confidence(given)))
    return {**weighted, "kappa_quadratic": weighted["kappa"], "kappa": plain.value}


def proportion(found: data_quality.Proportion | None) -> Answer | None:
    if found is None:
        return None
    return {"est": found.value, "lo": found.low, "hi": found.high}


def sens_spec_ci(given: Given) -> Answer:
    found = data_quality.diagnostic(
        given["tp"], given["fp"], given["fn"], given["tn"], confidence(given)
    )
    return {
        "se": proportion(found.sensitivity),
        "sp": proportion(found.specificity),
        "pv.pos": proportion(found.predictive_positive),
        "pv.neg": proportion(found.predictive_negative),
    }


def race_concordance(given: Given) -> Answer:
    found = data_quality.concordance(given["table"], confidence(given))

    def each(name: str) -> list[float | None]:
        return [(own := getattr(part, name)) and own.value for part in found.categories]

    return {
        **kappa_answer(found.kappa),
        "sensitivity": each("sensitivity"),
        "specificity": each("specificity"),
        "ppv": each("predictive_positive"),
        "npv": each("predictive_negative"),
    }


def probability_weighted_rates(given: Given) -> Answer:
    """Probabilities are a row for each person or a column for each group, with names or without."""
    outcomes = next(
        value
        for value in given.values()
        if isinstance(value, Sequence) and isinstance(value[0], int | float)
    )
    table = next(
        value
        for value in given.values()
        if isinstance(value, Mapping)
        or (isinstance(value, Sequence) and isinstance(value[0], Sequence | Mapping)
            and not isinstance(value[0], str))
    )  # fmt: skip
    names: list[str] = []
    if isinstance(table, Mapping):
        names, table = list(table), list(table.values())
    elif isinstance(table[0], Mapping):
        names, table = list(table[0]), [list(row.values()) for row in table]
    is_by_person = len(table) == len(outcomes)
    rows = table if is_by_person else list(zip(*table, strict=True))
    found = data_quality.probability_weighted_rates(rows, outcomes)

    def each(field: str) -> Any:
        values = [getattr(own, field) for own in found]
        return dict(zip(names, values, strict=True)) if names else values

    weighted, hard = each("weighted"), each("by_likeliest")
    return {
        "rate": weighted,
        "weighted": weighted,
        "weighted_rate": weighted,
        "effective_n": each("effective_people"),
        "argmax": hard,
        "argmax_rate": hard,
        "argmax_n": each("likeliest_people"),
        "hard": hard,
        "hard_rate": hard,
    }


def completeness_gate(given: Given) -> Answer:
    threshold = given.get("threshold", 0.8)
    found = data_quality.completeness(given["known"], given["total"], threshold, confidence(given))
    return {
        "completeness": found.share,
        "wilson_lo": found.low,
        "wilson_hi": found.high,
        "meets_point": found.meets_point,
        "meets_lower_bound": found.meets_lower_bound,
    }


# Programs


def cms_disparity_eligibility(given: Given) -> Answer:
    found = programs.disparity_eligibility(given["n_at_risk"], given["n_not_at_risk"])
    return {"within": found.within, "across": found.across}


def hei_score(given: Given) -> Answer:
    points = given["points"]
    weights = given.get("weights") or [1] * len(points)
    return {"out": programs.health_equity_index(points, weights)}


ADAPTERS: dict[str, Callable[[Given], Answer]] = {
    "ahrq_meaningful_difference": ahrq_meaningful_difference,
    "anhoej_limits": anhoej_limits,
    "beta_binomial_mle": beta_binomial_mle,
    "beta_binomial_reliability": beta_binomial_reliability,
    "beta_binomial_reliability_given_ab": beta_binomial_reliability_given_ab,
    "between_group_variance": between_group_variance,
    "bgv_bias_corrected": bgv_bias_corrected,
    "chi2_homogeneity": chi2_homogeneity,
    "clopper_pearson_ci": of_one(rates.clopper_pearson),
    "cms_disparity_eligibility": cms_disparity_eligibility,
    "cohen_kappa": cohen_kappa,
    "completeness_gate": completeness_gate,
    "cronbach_alpha": cronbach_alpha,
    "cronbach_alpha_patterns": cronbach_alpha_patterns,
    "eb_posterior": eb_posterior,
    "funnel_limits_normal": funnel_limits_normal,
    "hei_score": hei_score,
    "index_of_disparity": index_of_disparity,
    "jeffreys_ci": of_one(rates.jeffreys),
    "katz_ratio_ci": of_ratio(comparisons.katz),
    "kelley_estimated_true_score": kelley,
    "koopman_ratio_ci": of_ratio(comparisons.koopman),
    "mdd_two_prop_equal_n": mdd_two_prop_equal_n,
    "mean_difference": mean_difference,
    "midrank_percentile": midrank_percentile,
    "mn_diff_ci": of_difference(comparisons.miettinen_nurminen),
    "mn_ratio_ci": of_ratio(comparisons.miettinen_nurminen_ratio),
    "n_two_prop": n_two_prop,
    "newcombe_diff_ci": of_difference(comparisons.newcombe),
    "omega_total_ml_1factor": omega_total,
    "p_adjust": p_adjust,
    "p_chart": p_chart,
    "pairwise": pairwise,
    "par_paf": par_paf,
    "power_two_prop": power_two_prop,
    "probability_weighted_rates": probability_weighted_rates,
    "quantiles": quantiles,
    "race_concordance": race_concordance,
    "reliable_change_index": reliable_change_index,
    "run_chart_median": run_chart_median,
    "run_chart_on_center": run_chart_on_center,
    "sens_spec_ci": sens_spec_ci,
    "spearman_brown": spearman_brown,
    "standard_error_of_measurement": standard_error_of_measurement,
    "theil_mld": theil_mld,
    "wald_diff_ci": of_difference(comparisons.wald),
    "weighted_kappa": weighted_kappa,
    "wilson_cc_ci": of_one(rates.wilson_corrected),
    "wilson_ci": of_one(rates.wilson),
}
