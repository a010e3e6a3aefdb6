"""The investment problem stated anew for CBC, from the words of the file's format alone.

Nothing of the product is used here. Every group has a budget, gates are switches of their own,
and floors are stated of these budgets: another way of saying it than the product's rows. What is
chosen has a column of its own, and so has what is bought singly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pulp

pulp.set_v4_migration_warnings(False)  # the pinned release speaks of its next one


@dataclass(frozen=True)
class Answer:
    is_possible: bool
    objective: float = 0.0


def solved(file: dict[str, Any], limits: tuple[dict[str, Any], ...], gap: float) -> Answer:
    """`limits`: each a dictionary with most, least and uses, a number for each (group, action)."""
    model = pulp.LpProblem("anew", pulp.LpMaximize)
    done, objective = state(model, file)
    for limit in limits:
        used = pulp.lpSum(use * done[key] for key, use in limit["uses"].items() if key in done)
        model += used <= limit["most"]
        if limit["least"] is not None:
            model += used >= limit["least"]
    model.solve(pulp.PULP_CBC_CMD(msg=False, threads=1, gapRel=gap, gapAbs=0, timeLimit=60))
    if model.sol_status != pulp.LpSolutionOptimal:
        assert model.status == pulp.LpStatusInfeasible
        return Answer(is_possible=False)
    return Answer(True, float(pulp.value(objective) or 0))


def state(model: pulp.LpProblem, file: dict[str, Any]) -> tuple[dict[Any, Any], Any]:
    groups = {group["id"]: group for group in file["groups"]}
    actions = {(each["group"], each["action"]): each for each in file["actions"]}
    done = {
        key: pulp.LpVariable(f"x{number}", cat="Binary")
        for number, key in enumerate(sorted(actions))
    }
    budgets = {each: pulp.LpVariable(f"p{number}", 0) for number, each in enumerate(groups)}
    served = {
        each: pulp.LpVariable(f"s{number}", cat="Binary") for number, each in enumerate(groups)
    }

    def stands(group: str, action: str) -> Any:
        """1 when in place or chosen."""
        return 1 if action in groups[group].get("have", []) else done.get((group, action), 0)

    packages = file.get("packages", [])
    taken = {
        (each["group"], each["id"]): pulp.LpVariable(f"k{number}", cat="Binary")
        for number, each in enumerate(packages)
    }
    singly = {key: pulp.LpVariable(f"y{number}", cat="Binary") for number, key in enumerate(done)}
    holding: dict[Any, list[Any]] = {key: [] for key in done}
    for package in packages:
        for action in set(package["actions"]) - set(groups[package["group"]]["have"]):
            key = package["group"], action
            if key not in done:
                done[key] = pulp.LpVariable(f"u{len(done)}", cat="Binary")
                holding[key] = []
            holding[key].append(taken[package["group"], package["id"]])
    for key, column in done.items():
        model += column == pulp.lpSum(holding[key]) + singly.get(key, 0)

    def worth(package: dict[str, Any]) -> Any:
        reached = (file["reach"][tier] for tier in file["reach"] if tier <= package["tier"])
        return package["benefit"] + sum(reached)

    objective = pulp.lpSum(each["benefit"] * done[key] for key, each in actions.items())
    objective += pulp.lpSum(worth(each) * taken[each["group"], each["id"]] for each in packages)
    model += objective
    model += pulp.lpSum(budgets.values()) <= file["budget"]
    for id_, group in groups.items():
        own = {key: each for key, each in actions.items() if key[0] == id_}
        bought = {key: each for key, each in taken.items() if key[0] == id_}
        money = pulp.lpSum(each["cost"] * singly[key] for key, each in own.items())
        money += pulp.lpSum(
            each["payable"] * bought[id_, each["id"]] for each in packages if each["group"] == id_
        )
        model += budgets[id_] == money
        model += pulp.lpSum(bought.values()) <= 1
        if group["cap"] is not None:
            model += budgets[id_] <= group["cap"]
        number = pulp.lpSum(singly[key] for key in own) + pulp.lpSum(bought.values())
        model += number <= (len(own) + 1) * served[id_]
        model += number >= served[id_]
        for name in {each["one_of"] for each in own.values()} - {None}:
            model += (
                pulp.lpSum(done[key] for key, each in own.items() if each["one_of"] == name) <= 1
            )
    for (group, action), each in actions.items():
        is_there = action in groups[group]["have"]
        if each["ban"] or is_there:
            model += done[group, action] == 0
        if each["pin"] and not is_there:
            model += done[group, action] == 1
        for needed in each["requires"]:
            if needed != action:
                model += done[group, action] <= stands(group, needed)
    for number, gate in enumerate(file["gates"]):
        is_open = pulp.LpVariable(f"g{number}", cat="Binary")
        standing = pulp.lpSum(stands(gate["group"], action) for action in set(gate["of"]))
        model += standing >= gate["needs"] * is_open
        for action in gate["unlocks"]:
            if (gate["group"], action) in done:
                model += done[gate["group"], action] <= is_open
    for floor in file["floors"]:
        tagged = pulp.lpSum(
            budgets[id_] for id_, each in groups.items() if floor["tag"] in each["tags"]
        )
        model += tagged >= floor["share"] * pulp.lpSum(budgets.values())
    if file["min_groups"] is not None:
        model += pulp.lpSum(served.values()) >= file["min_groups"]
    if file["max_groups"] is not None:
        model += pulp.lpSum(served.values()) <= file["max_groups"]
    return done, objective
