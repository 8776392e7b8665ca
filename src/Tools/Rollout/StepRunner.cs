// SPDX-License-Identifier: Apache-2.0

namespace CrioCredentialProvider.Tools.Rollout;

/// <summary>Runs one step of a change.</summary>
internal sealed class StepRunner(NodeFileWriter files, IServiceManager services, UndoGuard guard, Judge judge)
{
    /// <exception cref="RolloutException">The step failed, or the kubelet is unhealthy.</exception>
    /// <exception cref="ServiceManagerException">systemd rejects the call, or does not respond.</exception>
    public async Task RunAsync(Step step)
    {
        switch (step)
        {
            case PlaceStep { After.Kind: FileStateKind.Directory }:
                // Created earlier, because the new files are staged in it.
                break;
            case PlaceStep place:
                files.Apply(place.Path, place.Before, place.After);
                break;
            case ArmStep arm:
                await guard.ArmAsync(arm);
                break;
            case ReloadStep:
                files.Changing("reload");
                await services.ReloadAsync();
                break;
            case StartStep start:
                files.Changing($"start {start.Unit}");
                Expect(await services.StartAsync(start.Unit), $"{start.Unit} was not started");
                break;
            case StopStep stop:
                files.Changing($"stop {stop.Unit}");
                await services.StopAsync(stop.Unit);
                break;
            case RestartStep restart:
                files.Changing($"restart {restart.Unit}");
                Expect(await services.RestartAsync(restart.Unit), $"{restart.Unit} was not restarted");
                break;
            case JudgeStep look:
                if (await judge.ProblemAsync(look.Unit, look.For, look.Flags) is { } problem)
                {
                    throw new RolloutException(problem);
                }

                break;
            default:
                throw new InvalidOperationException("unknown step");
        }
    }

    private static void Expect(string result, string problem)
    {
        if (result != "done")
        {
            throw new RolloutException($"{problem}: the job result is \"{result}\"");
        }
    }
}
