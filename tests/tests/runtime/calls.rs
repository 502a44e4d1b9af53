//! What `tell` says of Salesforce calls is what the runtime makes.

use serde_json::json;
use tidegate_plan::bounds::{CALLS_FOR_A_PERSON, bounds};
use tidegate_plan::codec::PlanFile;

use crate::world::{World, identity};
use crate::{seeded, write_and_submit};

/// The requests that the org has counted, this one included.
async fn counted(world: &World) -> u64 {
    world.client.describe_global(None).await.unwrap();
    world.client.usage().unwrap().used
}

/// A signed visitor's conversation, up to the transcript on its Case.
async fn conversation(world: &World) {
    let (_, files) = seeded(world);
    let known = world.org.contacts().iter().find_map(|contact| contact.email.clone()).unwrap();
    let visitor = world.open(json!({ "messenger": "web", "identity": identity(&known) })).await;
    write_and_submit(world, &visitor).await;
    world.records("ContentVersion", files + 1).await;
}

#[tokio::test]
async fn a_conversation_makes_as_many_calls_as_its_plan_says() {
    let world = World::new().await;
    // Ids of queues and record types are asked for once, and so is which org this is.
    conversation(&world).await;
    let before = counted(&world).await;
    conversation(&world).await;
    let made = counted(&world).await - before - 1;
    let plan = PlanFile::read(&world.plan).unwrap().verify().unwrap();
    let said = bounds(&plan, plan.on_open.unwrap()).calls.unwrap();
    assert_eq!(made, said + CALLS_FOR_A_PERSON);
}
