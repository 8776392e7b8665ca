// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.Diagnostics;

namespace CrioCredentialProvider.Tools.Explain;

/// <summary>Renders the keys that a pull does not use, and those of the node's own file.</summary>
internal sealed class KeyLines(ExplanationPage page)
{
    public void Append()
    {
        AppendKeys();
        AppendNodeKeys();
    }

    private void AppendKeys()
    {
        ExplainedKey[] others = [.. page.Explanation.Keys.Where(key => key.Result == KeyResult.OtherRegistry)];
        ExplainedKey[] shown =
        [
            .. page
                .Explanation.Keys.Where(key => key.Result is not (KeyResult.OtherRegistry or KeyResult.Used))
                .OrderBy(key => key.Result),
        ];
        if (shown.Length + others.Length == 0)
        {
            return;
        }

        page.Head("Not used for this image:");
        foreach (var key in shown.Take(ExplanationPage.MaximumLines))
        {
            page.Text.Append($"  secret \"{key.Origin.SecretName}\": ").Append(Reason(key)).Append('\n');
        }

        if (shown.Length > ExplanationPage.MaximumLines)
        {
            page.Text.Append(
                $"  and {shown.Length - ExplanationPage.MaximumLines} more like these: --output json has them all\n"
            );
        }

        if (others.Length > 0)
        {
            page.Text.Append(
                $"  {ExplanationPage.Count(others.Length, "key")} for other registries: {Sample(others)}\n"
            );
        }
    }

    private string Reason(ExplainedKey key) =>
        key.Result switch
        {
            KeyResult.NearMiss when key.Origin.SecretName is not null => page.Style.Doubtful(key.Reason),
            KeyResult.Unusable when key.Origin.Key.Length == 0 => page.Style.Bad(
                $"an entry has no effect: {key.Reason}"
            ),
            KeyResult.Unusable => page.Style.Bad($"key \"{key.Origin.Key}\" has no effect: {key.Reason}"),
            KeyResult.Overridden => $"key \"{key.Origin.Key}\" is not written: {key.Reason}",
            KeyResult.Written when page.Explanation.WhyNothing is not null =>
                $"key \"{key.Origin.Key}\" alone does not produce a file: {key.Reason}",
            KeyResult.Written => $"key \"{key.Origin.Key}\" is written: {key.Reason}",
            _ => $"key \"{key.Origin.Key}\": {key.Reason}",
        };

    private static string Sample(ExplainedKey[] keys)
    {
        string[] registries =
        [
            .. keys.Select(key => key.Registry)
                .Where(registry => registry.Length > 0)
                .Distinct()
                .Order(StringComparer.Ordinal),
        ];
        return string.Join(", ", registries.Take(5).Select(registry => OneLine.Of(registry)))
            + (registries.Length > 5 ? ", ..." : "");
    }

    private void AppendNodeKeys()
    {
        // Without an auth file of this program, CRI-O reads the node's own file unchanged.
        if (page.Explanation.WhyNothing is not null || page.Explanation.IsRoutingOnly)
        {
            return;
        }

        page.Head($"From the node's own {page.Explanation.NodeFile}:");
        if (page.Explanation.NodeKeys.Count == 0)
        {
            page.Text.Append("  nothing: it contains no credential, or does not exist\n");
            return;
        }

        ExplainedKey[] others = [.. page.Explanation.NodeKeys.Where(key => key.Result == KeyResult.Written)];
        foreach (var key in page.Explanation.NodeKeys.Except(others).Take(ExplanationPage.MaximumLines))
        {
            var what =
                key.Origin.Key.Length == 0 ? "a key that names no registry"
                : key.IsHelper ? $"helper of \"{key.Origin.Key}\""
                : $"key \"{OneLine.Of(key.Origin.Key)}\"";
            page.Text.Append("  ")
                .Append(
                    key.Result switch
                    {
                        KeyResult.Overridden => $"{what} is left out: {key.Reason}",
                        KeyResult.NearMiss => page.Style.Doubtful($"{what} is kept, but not used: {key.Reason}"),
                        _ => $"{what} is kept; {key.Reason}",
                    }
                )
                .Append('\n');
        }

        if (others.Length > 0)
        {
            page.Text.Append(
                $"  {ExplanationPage.Count(others.Length, "key")} for other registries, kept: {Sample(others)}\n"
            );
        }
    }
}
