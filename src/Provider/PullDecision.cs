// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Matching;
using CrioCredentialProvider.Mirrors;

namespace CrioCredentialProvider;

/// <summary>What was decided for one pull, step by step; the kubelet's run and <c>explain</c> both use it.</summary>
/// <param name="Conf">The registries.conf on which the decision is based.</param>
/// <param name="Sources">Where CRI-O will pull from.</param>
/// <param name="Match">The namespace's matching credentials, and the decision about each secret.</param>
/// <param name="Global">The node's own credentials.</param>
/// <param name="Content">The content of the auth file, with both merged.</param>
/// <param name="Nothing">Why no file is written; null if one is.</param>
internal sealed record PullDecision(
    RegistriesConf Conf,
    PullSources Sources,
    MatchResult Match,
    GlobalAuthFile Global,
    AuthFileContent Content,
    Outcome.NothingToDo? Nothing
);
