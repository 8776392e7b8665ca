// SPDX-License-Identifier: Apache-2.0
using System.Text;
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Mirrors;
using CrioCredentialProvider.Tools.Commands;

namespace CrioCredentialProvider.Tools.Explain;

/// <summary>An <see cref="Explanation"/> for people. Its form may change; programs take the JSON.</summary>
internal sealed class ExplanationText
{
    /// <summary>Lines of one kind that are printed: a namespace may have thousands of secrets.</summary>
    private const int MaximumLines = 30;

    private readonly Explanation explanation;
    private readonly TextStyle style;
    private readonly StringBuilder text = new();

    private ExplanationText(Explanation explanation, TextStyle style) =>
        (this.explanation, this.style) = (explanation, style);

    public static string Of(Explanation explanation, TextStyle style)
    {
        var page = new ExplanationText(explanation, style);
        page.AppendHead();
        page.AppendRoutes();
        page.AppendKeys();
        page.AppendNodeKeys();
        page.AppendNotices();
        page.AppendEnd();
        return page.text.ToString();
    }

    private void AppendHead()
    {
        var image = explanation.Image;
        Label("image", style.Strong(image.Given));
        if (explanation.Input.RequestedImage is null)
        {
            Label("", $"{image.Name}{Detail("tag", image.Tag)}{Detail("digest", image.Digest)}");
        }

        if (explanation.ShortNameRemark is { } remark)
        {
            Label("", remark);
        }

        var input = explanation.Input;
        var files = string.Join(", ", input.Files.Select(InputReader.Name));
        Label("namespace", input.Namespace is null ? "unknown" : style.Strong(input.Namespace) + Pod());
        Label(
            "secrets",
            input.Kind == "secrets" ? $"from {files}"
                : explanation.ApiServer is { } server ? $"from API server {server}, with the token of {files}"
                : input.Kind == "none" ? "none: not asked for"
                : input.Token is null ? "none: the request has no token"
                : "not asked for"
        );
        Label(
            "mirrors",
            !explanation.Conf.Found ? $"{explanation.Conf.MainPath} does not exist, and there are no drop-ins"
                : explanation.Routes[0].Route.Entry is { } entry
                    ? $"{entry.Origin} decides{Of(explanation.Routes[0])}: prefix \"{entry.Prefix}\""
                : explanation.Conf.MainFound
                    ? $"no entry of {explanation.Conf.MainPath} and its drop-ins is for this image"
                : $"there is no \"{explanation.Conf.MainPath}\", and no entry of the drop-ins is for this image"
        );

        Label(
            "read",
            explanation.Conf.FilesRead.Count == 0
                ? "no registries.conf and no drop-in"
                : string.Join(", ", explanation.Conf.FilesRead.Select(OneLine.Of))
        );

        static string Detail(string what, string? value) => value is null ? "" : $", {what} {value}";
        string Of(ExplainedRoute route) => route.Route.Image == image.Name ? "" : $" for {route.Route.Image}";
        string Pod() =>
            (input.Identity?.ServiceAccount, input.Identity?.Pod) switch
            {
                (null, _) => "",
                ({ } account, null) => $", service account \"{account}\", no pod",
                ({ } account, { } pod) => $", service account \"{account}\", pod \"{pod}\"",
            };
    }

    private void AppendRoutes()
    {
        for (var i = 0; i < explanation.Routes.Count; i++)
        {
            var route = explanation.Routes[i];
            Head(
                i == 0
                    ? IsRefused
                        ? "By its full name, CRI-O would try, in this order:"
                        : "CRI-O tries, in this order:"
                    : $"{(route.IsCertain ? "Then" : "If the pod has a short name")}, "
                        + $"{route.Route.Image}{(route.Route.Entry is { } entry ? $" ({entry.Origin})" : "")}:"
            );
            foreach (var place in route.Places)
            {
                AppendPlace(place);
            }
        }
    }

    /// <summary>Whether CRI-O refuses the short name that was asked for, whatever the places hold.</summary>
    private bool IsRefused => explanation.ShortNameRemark?.Contains("CRI-O refuses", StringComparison.Ordinal) == true;

    private void AppendPlace(ExplainedPlace place)
    {
        var source = place.Source;
        text.Append($"  {place.Number}  {style.Strong(source.Reference.Text)}  ")
            .Append(source.Kind == PullSourceKind.Mirror ? $"mirror \"{source.Location}\"" : "the registry")
            .Append('\n');
        var only = source.Use == MirrorUse.DigestsOnly ? "digests" : "tags";
        var remark = place.Use switch
        {
            PlaceUse.Blocked => style.Doubtful($"blocked by {place.BlockedBy}: CRI-O does not go there"),
            PlaceUse.PassedOver => style.Doubtful($"for {only} only: CRI-O passes it over for this image"),
            PlaceUse.Unknown => style.Doubtful($"for {only} only: a request does not tell which the pod has"),
            _ => source.Use == MirrorUse.Always ? null : $"for {only} only, which this is",
        };
        if (remark is not null)
        {
            text.Append("     ").Append(remark).Append('\n');
        }

        // What such a place would find is of no use, and would read as if CRI-O went there.
        if (place.Use is not (PlaceUse.Blocked or PlaceUse.PassedOver))
        {
            text.Append("     ").Append(explanation.IsRoutingOnly ? Fitting(place) : Found(place.Found)).Append('\n');
        }
    }

    private static string Fitting(ExplainedPlace place) =>
        "a pull secret fits with key "
        + $"{Alternatives.Of([.. place.Source.Reference.SelfAndParents.Select(key => $"\"{key}\"")])}";

    private string Found(FoundCredential? found)
    {
        if (found is null)
        {
            return explanation.WhyNothing is null
                ? style.Doubtful("finds nothing in the file: pulls without credentials")
                : style.Doubtful("finds no file: uses the node's own credentials, if there are any");
        }

        var from = found.Origin.SecretName is { } secret
            ? $"secret \"{secret}\""
            : $"the node's {explanation.NodeFile}";
        if (found.Hit.Rule == LookupRule.Helper)
        {
            return style.Good($"asks the credential helper of \"{found.Hit.Key}\", from {from}");
        }

        var key = Explanation.Tell(found.Hit.Key) is { } tellable ? $"key \"{tellable}\"" : "a key";
        var written =
            found.Origin.SecretName is null || found.Origin.Key == found.Hit.Key
                ? ""
                : $", stored as \"{found.Origin.Key}\"";
        var why = found.Hit.Rule switch
        {
            LookupRule.Exact => "it is this very repository",
            LookupRule.Parent when !found.Hit.Key.Contains('/', StringComparison.Ordinal) =>
                "it covers the whole registry",
            LookupRule.Parent => "it covers all below it",
            _ => "it is another way to write the registry",
        };
        if (found.Rivals.Count > 0)
        {
            why += $", as are {string.Join(", ", found.Rivals.Select(key => $"\"{key}\""))}: CRI-O takes any of them";
        }

        var line = $"{key} of {from}{written}: {why}";
        return found.Hit.IsUseful
            ? style.Good(line)
            : style.Doubtful(line + "; it holds no credential, so the pull is anonymous");
    }

    private void AppendKeys()
    {
        ExplainedKey[] others = [.. explanation.Keys.Where(key => key.Result == KeyResult.OtherRegistry)];
        ExplainedKey[] told =
        [
            .. explanation
                .Keys.Where(key => key.Result is not (KeyResult.OtherRegistry or KeyResult.Used))
                .OrderBy(key => key.Result),
        ];
        if (told.Length + others.Length == 0)
        {
            return;
        }

        Head("Not used for this image:");
        foreach (var key in told.Take(MaximumLines))
        {
            text.Append($"  secret \"{key.Origin.SecretName}\": ").Append(Reason(key)).Append('\n');
        }

        if (told.Length > MaximumLines)
        {
            text.Append($"  and {told.Length - MaximumLines} more like these: --output json has them all\n");
        }

        if (others.Length > 0)
        {
            text.Append($"  {Count(others.Length, "key")} for other registries: {Sample(others)}\n");
        }
    }

    private string Reason(ExplainedKey key) =>
        key.Result switch
        {
            KeyResult.NearMiss when key.Origin.SecretName is not null => style.Doubtful(key.Reason),
            KeyResult.Unusable when key.Origin.Key.Length == 0 => style.Bad(
                $"an entry counts for nothing: {key.Reason}"
            ),
            KeyResult.Unusable => style.Bad($"key \"{key.Origin.Key}\" counts for nothing: {key.Reason}"),
            KeyResult.Overridden => $"key \"{key.Origin.Key}\" is not written: {key.Reason}",
            KeyResult.Written when explanation.WhyNothing is not null =>
                $"key \"{key.Origin.Key}\" alone makes no file: {key.Reason}",
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
        // Without a file of ours, CRI-O reads the node's own as ever: nothing is kept or left out.
        if (explanation.WhyNothing is not null || explanation.IsRoutingOnly)
        {
            return;
        }

        Head($"From the node's own {explanation.NodeFile}:");
        if (explanation.NodeKeys.Count == 0)
        {
            text.Append("  nothing: it holds no credential, or does not exist\n");
            return;
        }

        ExplainedKey[] others = [.. explanation.NodeKeys.Where(key => key.Result == KeyResult.Written)];
        foreach (var key in explanation.NodeKeys.Except(others).Take(MaximumLines))
        {
            var what =
                key.Origin.Key.Length == 0 ? "a key that names no registry"
                : key.IsHelper ? $"helper of \"{key.Origin.Key}\""
                : $"key \"{OneLine.Of(key.Origin.Key)}\"";
            text.Append("  ")
                .Append(
                    key.Result switch
                    {
                        KeyResult.Overridden => $"{what} is left out: {key.Reason}",
                        KeyResult.NearMiss => style.Doubtful($"{what} is kept, but not used: {key.Reason}"),
                        _ => $"{what} is kept; {key.Reason}",
                    }
                )
                .Append('\n');
        }

        if (others.Length > 0)
        {
            text.Append($"  {Count(others.Length, "key")} for other registries, kept: {Sample(others)}\n");
        }
    }

    private void AppendNotices()
    {
        if (explanation.Notices.Count == 0)
        {
            return;
        }

        Head("Warnings:");
        foreach (var notice in explanation.Notices.Take(MaximumLines))
        {
            text.Append("  ").Append(style.Doubtful($"{notice.Message} [{notice.Reason.Id}]")).Append('\n');
        }

        if (explanation.Notices.Count > MaximumLines)
        {
            text.Append($"  and {explanation.Notices.Count - MaximumLines} more\n");
        }
    }

    private void AppendEnd()
    {
        if (explanation.IsRoutingOnly)
        {
            Head("No secrets were read. To see which of a namespace's keys are used:");
            var image = ShellWord.Of(explanation.Image.Given);
            text.Append(
                    $"  kubectl create token -n NAMESPACE default | {BuildInfo.Program} explain {image} --token-file "
                        + "-\n"
                )
                .Append(
                    $"  kubectl get secrets -n NAMESPACE -o yaml | {BuildInfo.Program} explain {image} --secrets -\n"
                );
            return;
        }

        if (explanation.WhyNothing is { } reason)
        {
            Head($"{style.Bad("No file would be written")}: {reason.Title} [{reason.Id}]");
            return;
        }

        Head($"{style.Good("Would write")} {explanation.AuthFile}, with");
        foreach (var (key, origin, isHelper) in explanation.Entries.Take(MaximumLines))
        {
            text.Append(
                    $"  {(isHelper ? "helper of " : "")}{Explanation.Tell(key) ?? "a key that names no registry"}  "
                )
                .Append(style.Faint(origin.SecretName is { } secret ? $"from secret \"{secret}\"" : "from the node"))
                .Append('\n');
        }

        if (explanation.Entries.Count > MaximumLines)
        {
            text.Append($"  and {explanation.Entries.Count - MaximumLines} more\n");
        }
    }

    private static string Count(int count, string what) => count == 1 ? $"1 {what}" : $"{count} {what}s";

    private void Label(string label, string value) =>
        text.Append(style.Faint(label.PadRight(11))).Append(value).Append('\n');

    private void Head(string line) => text.Append('\n').Append(line).Append('\n');
}
