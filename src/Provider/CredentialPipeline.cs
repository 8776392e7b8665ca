// SPDX-License-Identifier: Apache-2.0
using CrioCredentialProvider.AuthFile;
using CrioCredentialProvider.Diagnostics;
using CrioCredentialProvider.Identity;
using CrioCredentialProvider.Journal;
using CrioCredentialProvider.Mirrors;
using CrioCredentialProvider.Options;
using CrioCredentialProvider.PullRecords;
using CrioCredentialProvider.Request;
using CrioCredentialProvider.Response;

namespace CrioCredentialProvider;

/// <summary>
/// The whole run, from the kubelet's request to CRI-O's auth file. Each step takes values and returns its decision;
/// only this class knows the order of the steps.
/// </summary>
internal sealed class CredentialPipeline(Node node, Settings settings, RunJournal journal)
{
    private readonly PullDecider decider = new(node, settings, journal);

    /// <summary>
    /// Runs all steps. Expected failures and defects alike end as an outcome and leave no file behind. The exception is
    /// a response that cannot be written: the auth file stays, because the kubelet then pulls without a response and
    /// CRI-O uses the file.
    /// </summary>
    public Outcome Run()
    {
        CredentialRequest? request = null;
        PodIdentity? identity = null;
        AuthFileDelivery? delivery = null;
        try
        {
            // 1. Request: what does the kubelet want?
            request = ReadRequest();
            if (request.Token is null)
            {
                return Answer(request, NothingToDo.WithoutToken(request));
            }

            // 2. Identity: whose pull is it?
            identity = Identify(request.Token);
            delivery = DeliveryTo(identity, request.Image);

            // 3. to 6. Mirrors, secrets, matching, merging: what will CRI-O find?
            var (content, nothing) = Decide(request, request.Token, identity);
            if (nothing is not null)
            {
                delivery.EndWithoutFile(TurnPurpose.NothingFound, node.Elapsed());
                return Answer(request, nothing);
            }

            // 6. Auth file: hand it to CRI-O.
            HeapRelease.Run();
            var path = delivery.Deliver(content, node.Elapsed());

            // 7. Response: no password for the kubelet itself.
            return Answer(request, new Outcome.Written(path));
        }
        catch (ProviderException e) when (Vouches(e, request, identity))
        {
            return AnswerFromRecord(request!, Outcome.Failed.Of(e), delivery);
        }
        catch (ProviderException e)
        {
            return Fail(Outcome.Failed.Of(e), delivery);
        }
        catch (Exception e)
        {
            return Fail(Outcome.Failed.ByDefect(e), delivery);
        }
        finally
        {
            // The next run's turn begins when the kubelet has this run's answer.
            delivery?.Dispose();
        }
    }

    private CredentialRequest ReadRequest()
    {
        journal.Write(Sentences.Running());
        Log(Sentences.ReadingFromStdin());
        var request = RequestParser.Parse(RequestReader.Read(node.Stdin).Span);
        journal.AddContext("IMAGE", request.Image.Text);
        Log(Sentences.ParsedRequest(request.Image.Text));
        return request;
    }

    private PodIdentity Identify(Secret token)
    {
        Log(Sentences.ParsingNamespace());
        var identity = TokenParser.Parse(token);
        journal.AddContext("NAMESPACE", identity.Namespace);
        journal.AddContext("SERVICE_ACCOUNT", identity.ServiceAccount);
        journal.AddContext("POD", identity.Pod);
        return identity;
    }

    /// <summary>
    /// Returns only what the auth file needs. The run may wait most of a minute before it may write, and 250 waiting
    /// runs must not hold on to the memory that listing and matching needed.
    /// </summary>
    private (AuthFileContent Content, Outcome.NothingToDo? Nothing) Decide(
        CredentialRequest request,
        Secret token,
        PodIdentity identity
    )
    {
        var decision = decider.Decide(request.Image, matcher =>
            decider.AddFromApi(matcher, request.Annotations, token, identity)
        );
        return (decision.Content, decision.Nothing);
    }

    /// <summary>
    /// Writes an entry about how the pull sources were found, but only if there is a registries.conf or drop-in.
    /// Without one the journal has two entries, which upstream's end-to-end test compares.
    /// </summary>
    private void Log(JournalEntry entry)
    {
        if (decider.HasRegistriesConf)
        {
            journal.Write(entry);
        }
    }

    private AuthFileDelivery DeliveryTo(PodIdentity identity, RepositoryName image) =>
        new(
            new DeliverySettings(
                settings.AuthDir,
                settings.RunDir,
                LocateKubeletRoot,
                settings.HandOverTimeout,
                new Clocks(node.Clock, node.BootClock)
            ),
            identity.Namespace,
            image,
            identity.ServiceAccountUid ?? identity.ServiceAccount ?? "",
            journal
        );

    private Outcome Answer(CredentialRequest request, Outcome outcome)
    {
        var recorded = AccessRecord.Of(
            settings.AccessRecord,
            writesFile: outcome is Outcome.Written or Outcome.AccessConfirmed
        );
        ResponseWriter.Write(
            node.Stdout,
            request.ApiVersion,
            recorded == RecordedAccess.ServiceAccount ? request.Image : null
        );
        journal.Write(Sentences.Ended(outcome, node.Elapsed()));
        return outcome;
    }

    private bool Vouches(ProviderException e, CredentialRequest? request, PodIdentity? identity) =>
        settings.AccessRecord
        && request is not null
        && identity is not null
        && PullVoucher.Vouches(e.Reason, LocateKubeletRoot, request.Image, identity);

    private Outcome AnswerFromRecord(CredentialRequest request, Outcome.Failed failure, AuthFileDelivery? delivery)
    {
        delivery?.EndWithoutFile(TurnPurpose.Failed, node.Elapsed());
        try
        {
            return Answer(request, new Outcome.AccessConfirmed(failure));
        }
        catch (ProviderException e)
        {
            return Fail(Outcome.Failed.Of(e), delivery: null);
        }
    }

    private string LocateKubeletRoot() => KubeletRoot.Locate(settings, node.ApiFiles);

    private Outcome.Failed Fail(Outcome.Failed failure, AuthFileDelivery? delivery)
    {
        // Without a response the kubelet still pulls, and CRI-O uses the file.
        if (failure.Reason != Reasons.AuthDirectoryUnusable && failure.Reason != Reasons.ResponseNotWritten)
        {
            delivery?.EndWithoutFile(TurnPurpose.Failed, node.Elapsed());
        }

        journal.Write(Sentences.Ended(failure, node.Elapsed()));
        return failure;
    }
}
